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
MEAN_DELAY_SECONDS = 2.0


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
            "subject": event.subject,
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


def heartbeats(rng: Random, source: str, subject: str, kind: str, start: int, span: tuple[int, int]) -> Iterator[Event]:
    """One every half hour of the opening hours, a few seconds after it begins."""
    device_id = source.rsplit("/", 1)[1]
    for second in range(span[0], span[1], 1800):
        occurred_at = start + second + rng.randint(2, 50)
        data = {"device_id": device_id, "device_kind": kind, "buffered_events": 0}
        yield new_event(rng, "device.heartbeat", source, subject, occurred_at, data)


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
