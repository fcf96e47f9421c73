"""CloudEvents as the installations of a point would send them."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from math import exp, log
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import orjson

DAY_SECONDS = 86400
HEARTBEAT_SECONDS = {"queue": 1800, "feedback": 1800, "self_service": 3600, "remote": 3600}
FIRMWARE = {"queue": "q-7.3.1", "feedback": "fb-2.14.0", "self_service": "ss-5.0.2", "remote": "rem-3.8.0"}
MEAN_DELAY_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Keys:
    """The references that systems gave on one day; tickets in the order of the day's tickets."""

    tickets: list[str]
    visits: dict[int, str]
    bookings: dict[tuple[str, int], str]


@dataclass(frozen=True, slots=True)
class Fault:
    """One planted fault; *event_count* is the lines of the file it touched, for a dead device the lines it lost."""

    kind: str
    service_point_id: str
    source: str
    starts_at: int
    ends_at: int
    event_count: int
    description: str


@dataclass(slots=True)
class Event:
    """One message on its way; instants in seconds since 1970. *raw* replaces the rendered bytes of a broken one."""

    event_id: str
    source: str
    subject: str
    event_type: str
    occurred_at: int
    received_at: int
    data: dict[str, Any]
    precision: str = "second"
    raw: bytes | None = None


def new_event(
    rng: Random,
    event_type: str,
    source: str,
    subject: str,
    occurred_at: int,
    data: dict[str, Any],
    delay: int | None = None,
    precision: str = "second",
) -> Event:
    """An event with a time-ordered id, received a few seconds after it happened unless *delay* says otherwise."""
    late = 1 + int(rng.expovariate(1 / MEAN_DELAY_SECONDS)) if delay is None else delay
    return Event(
        _time_ordered_id(rng, occurred_at),
        source,
        subject,
        event_type,
        occurred_at,
        occurred_at + late,
        data,
        precision,
    )


def render(event: Event, time_zone: ZoneInfo) -> bytes:
    """The line of an event: CloudEvents in structured JSON."""
    if event.raw is not None:
        return event.raw
    return orjson.dumps(
        {
            "specversion": "1.0",
            "id": event.event_id,
            "source": event.source,
            "type": f"fi.pulssi.{event.event_type}.v1",
            **({"subject": event.subject} if event.subject else {}),
            "time": datetime.fromtimestamp(event.occurred_at, time_zone).isoformat(),
            "timeprecision": event.precision,
            "receivedtime": f"{datetime.fromtimestamp(event.received_at, UTC):%Y-%m-%dT%H:%M:%SZ}",
            "datacontenttype": "application/json",
            "data": event.data,
        }
    )


def local_day_start(day: date, time_zone: ZoneInfo) -> int:
    """From when seconds of the day count: right in opening hours, also when the clocks change at night."""
    return int(datetime.combine(day, time(12), time_zone).timestamp()) - DAY_SECONDS // 2


def heartbeats(
    rng: Random,
    source: str,
    subject: str,
    kind: str,
    start: int,
    span: tuple[int, int],
    offset_sigma_ms: float,
    precision: str,
) -> Iterator[Event]:
    """Every half hour or hour of the opening hours, a few seconds after it begins."""
    device_id = source.rsplit("/", 1)[1]
    for second in range(span[0], span[1], HEARTBEAT_SECONDS[kind]):
        beat_at = start + second + rng.randint(2, 50)
        data: dict[str, Any] = {"device_id": device_id, "device_kind": kind, "firmware": FIRMWARE[kind]}
        data["buffered_events"] = 0
        occurred_at, delay = beat_at, None
        if precision == "hour":
            occurred_at, delay = beat_at - beat_at % 3600, beat_at % 3600 + rng.randint(2, 20)
        else:
            data["clock_offset_ms"] = round(rng.gauss(0, offset_sigma_ms))
        yield new_event(rng, "device.heartbeat", source, subject, occurred_at, data, delay, precision)


def local_time(instant: int, time_zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(instant, time_zone).isoformat()


def answer_time(rng: Random, visited_on: int) -> int:
    """When an SMS is answered: invited at ten, one to three days after the visit, answered mostly within hours."""
    invited_at = visited_on + rng.randint(1, 3) * DAY_SECONDS + 10 * 3600
    return invited_at + int(exp(rng.gauss(log(2 * 3600), 1.3)))


def random_key(rng: Random, prefix: str) -> str:
    return f"{prefix}-{rng.getrandbits(64):016x}"


def _time_ordered_id(rng: Random, occurred_at: int) -> str:
    """A version 7 UUID whose random bits come from *rng*, so that a seed gives the same ids."""
    milliseconds = occurred_at * 1000 + rng.randrange(1000)
    value = milliseconds << 80 | 7 << 76 | rng.getrandbits(12) << 64 | 2 << 62 | rng.getrandbits(62)
    return str(uuid.UUID(int=value))
