"""Do events tell of things in an order in which they can happen, and do devices tell regularly that they are alive?"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from ingest.conformance.findings import Finding
from ingest.conformance.recording import Sent


@dataclass(frozen=True, slots=True)
class Life:
    """What happens to one thing that a key names: how it begins, how it ends, and what comes before what."""

    key: str
    begins: str
    ends: tuple[str, ...]
    order: tuple[tuple[str, str], ...]


LIVES = {
    "queue": Life(
        "ticket_key",
        "queue.ticket_issued",
        ("queue.service_ended", "queue.abandoned", "queue.no_show"),
        (
            ("queue.called", "queue.service_started"),
            ("queue.called", "queue.recalled"),
            ("queue.service_started", "queue.service_ended"),
            ("queue.service_held", "queue.service_resumed"),
        ),
    ),
    "session": Life(
        "session_key", "session.started", ("session.ended",), (("session.help_requested", "session.help_arrived"),)
    ),
    "booking": Life("booking_key", "booking.created", (), ()),
    "incident": Life("incident_key", "incident.reported", (), ()),
}
_PERIODS = (("slot_start", "slot_end"), ("first_free_at", "third_free_at"))
_LONGEST_SILENCE = timedelta(hours=1)
_NIGHT = timedelta(hours=8)
_TOO_OFTEN = timedelta(seconds=30)
_ENOUGH_HEARTBEATS = 6
_CLOCK_OFF_MS = 60_000


def order_findings(events: list[Sent]) -> Iterator[Finding]:
    for family, life in LIVES.items():
        for happened in _by_key(events, family, life.key).values():
            yield from _life_findings(happened, life)
    for sent in events:
        if sent.contract:
            yield from _period_findings(sent)


def _by_key(events: list[Sent], family: str, key: str) -> dict[tuple[str, str], list[Sent]]:
    """The events of each key, each event once however often it was sent."""
    found: dict[tuple[str, str], dict[str, Sent]] = defaultdict(dict)
    for sent in events:
        if sent.contract and sent.family == family and key in sent.data:
            found[sent.source, sent.data[key]].setdefault(sent.fields["id"], sent)
    return {place: list(by_id.values()) for place, by_id in found.items()}


def _life_findings(happened: list[Sent], life: Life) -> Iterator[Finding]:
    first: dict[str, Sent] = {}
    for sent in sorted(happened, key=lambda each: each.occurred_at):
        first.setdefault(sent.event_type, sent)
    beginnings = [sent for sent in happened if sent.event_type == life.begins]
    begins, key = _word(life.begins), life.key
    for again in beginnings[1:]:
        text = f"data.{key}: begins a second time with the same reference"
        fix = "use the system's own unique reference: a printed number comes back every day"
        yield Finding("order", "key_reused", again, text, fix, f"data.{key}", again.data[key])
    if not beginnings:
        text = f"data.{key}: no {begins} with this reference in the recording"
        fix = f"send {begins} too, with the same reference; begin the recording before it"
        yield Finding("order", "no_beginning", happened[0], text, fix, f"data.{key}", happened[0].data[key], False)
    elif life.ends and not any(end in first for end in life.ends):
        ends = ", ".join(_word(end) for end in life.ends)
        text = f"data.{key}: never ends in the recording"
        fix = f"send one of {ends}, at closing time at the latest"
        yield Finding("order", "no_end", beginnings[0], text, fix, f"data.{key}", beginnings[0].data[key], False)
    pairs = [*life.order, *((life.begins, other) for other in first if other != life.begins)]
    for earlier, later in dict.fromkeys(pairs):
        if earlier in first and later in first and first[later].occurred_at < first[earlier].occurred_at:
            before, after = first[earlier], first[later]
            text = f"time: {_word(later)} is before {_word(earlier)} of the same {key}"
            fix = f"send when each happened, by one clock (compare event {before.number}: {before.fields['time']})"
            yield Finding("order", "order", after, text, fix, "time", after.fields["time"])


def _period_findings(sent: Sent) -> Iterator[Finding]:
    for start, end in _PERIODS:
        if start in sent.data and end in sent.data:
            try:
                is_wrong = datetime.fromisoformat(sent.data[end]) < datetime.fromisoformat(sent.data[start])
            except (TypeError, ValueError):
                continue
            if is_wrong:
                text = f"data.{end}: before data.{start}"
                fix = "send both with the offset of their own moment"
                yield Finding("order", "period", sent, text, fix, f"data.{end}", sent.data[end])


def heartbeat_findings(events: list[Sent]) -> Iterator[Finding]:
    by_device: dict[tuple[str, str], dict[str, Sent]] = defaultdict(dict)
    for sent in events:
        if sent.has("device.heartbeat"):
            by_device[sent.source, sent.data["device_id"]].setdefault(sent.fields["id"], sent)
            if abs(sent.data.get("clock_offset_ms", 0)) > _CLOCK_OFF_MS:
                text = "data.clock_offset_ms: the device's clock is more than a minute off"
                value = sent.data["clock_offset_ms"]
                fix = "keep it by NTP: times are not corrected for it"
                yield Finding("heartbeat", "clock_off", sent, text, fix, "data.clock_offset_ms", value, is_fault=False)
    for by_id in by_device.values():
        beats = sorted(by_id.values(), key=lambda sent: sent.occurred_at)
        yield from _rhythm(beats)


def _rhythm(beats: list[Sent]) -> Iterator[Finding]:
    pauses = [after.occurred_at - before.occurred_at for before, after in pairwise(beats)]
    if len(beats) < _ENOUGH_HEARTBEATS:
        return
    usual = sorted(pauses)[len(pauses) // 2]
    if usual > _LONGEST_SILENCE:
        text = f"heartbeats come every {_minutes(usual)} minutes: an hour without one counts as silent"
        fix = "send one at least every 30 minutes while the device is on"
        yield Finding("heartbeat", "too_rare", beats[0], text, fix)
    elif usual < _TOO_OFTEN:
        text = f"heartbeats come every {usual.total_seconds():.0f} seconds: more than anybody uses"
        yield Finding("heartbeat", "too_often", beats[0], text, "send one every 5 to 30 minutes", is_fault=False)
    else:
        for pause, after in zip(pauses, beats[1:], strict=True):
            if max(_LONGEST_SILENCE, 3 * usual) < pause < _NIGHT:
                text = "time: a pause of more than an hour between two heartbeats"
                fix = (
                    "right if the point was closed or the device off; else keep them while offline and send them later"
                )
                yield Finding("heartbeat", "pause", after, text, fix, "time", after.fields["time"], is_fault=False)


def _minutes(pause: timedelta) -> int:
    return round(pause.total_seconds() / 60)


def _word(event_type: str) -> str:
    return event_type.split(".")[1]
