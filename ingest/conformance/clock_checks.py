"""Does each event say when it happened, in a time that exists, with the right offset and an honest precision?"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from ingest.conformance.contract_checks import LOCAL_TIME
from ingest.conformance.findings import Finding
from ingest.conformance.recording import Sent
from ingest.events import FUTURE_FLAG, FUTURE_LIMIT, PAST_LIMIT

_CLOCK_NOT_SET = datetime(2020, 1, 1, tzinfo=UTC)
_YEARS = range(2000, 2200)  # others may be too near the ends of the calendar to be shifted
_NEAR = timedelta(minutes=5)
_ENOUGH_EVENTS = 20
_ENOUGH_HOURS = 10


def clock_findings(events: list[Sent], zone: ZoneInfo) -> Iterator[Finding]:
    by_source: dict[str, list[Sent]] = defaultdict(list)
    for sent in events:
        time = sent.fields.get("time")
        if isinstance(time, str) and LOCAL_TIME.fullmatch(time):
            yield _without_offset(sent, time, zone)
        elif sent.contract:
            by_source[sent.source].append(sent)
            yield from list(_local_as_utc(sent, zone)) or list(_odd(sent)) or _offset(sent, zone)
    for of_source in by_source.values():
        yield from _precision(of_source)


def is_in_double_hour(sent: Sent, zone: ZoneInfo) -> int | None:
    """0 in the first of the two equal hours of autumn, 1 in the second, None at any other time."""
    if sent.occurred_at.year not in _YEARS:
        return None
    local = sent.occurred_at.astimezone(zone)
    other = local.replace(fold=1 - local.fold)
    return local.fold if other.utcoffset() != local.utcoffset() and not _is_missing(local, zone) else None


def _without_offset(sent: Sent, time: str, zone: ZoneInfo) -> Finding:
    text = "time: no offset: it is not said which moment this is"
    fix = "add the offset from UTC that is in force at that moment"
    try:
        local = datetime.fromisoformat(time).replace(tzinfo=zone)
        first, second = (_offset_text(local.replace(fold=fold).utcoffset()) for fold in (0, 1))
        fix += f": {time}{first} if the clock shows {zone.key} time"
        if first != second and not _is_missing(local, zone):
            fix += f", {time}{second} in the second of autumn's two equal hours"
    except ValueError:
        pass
    return Finding("clock", "offset_missing", sent, text, fix, "time", time)


def _offset(sent: Sent, zone: ZoneInfo) -> Iterator[Finding]:
    occurred_at, time = sent.occurred_at, sent.fields["time"]
    local = occurred_at.astimezone(zone)
    given, right = occurred_at.utcoffset(), local.utcoffset()
    if given == right:
        return
    wall = occurred_at.replace(tzinfo=zone)
    if _is_missing(wall, zone) and given:
        text = "time: in the hour that spring leaves out: no clock shows it"
        fix = f"take clock and offset from one time zone, {zone.key}: this moment is {local.isoformat()}"
        yield Finding("clock", "missing_hour", sent, text, fix, "time", time)
    elif given:
        text = f"time: offset {_offset_text(given)}, but {zone.key} has {_offset_text(right)} at that moment"
        fix = f"take the offset from the time zone {zone.key}, not a fixed one: {wall.isoformat()}"
        yield Finding("clock", "offset_wrong", sent, text, fix, "time", time)
    elif sent.fields.get("timeprecision") == "day":
        text = "time: a day in UTC is not the same day everywhere"
        yield Finding("clock", "day_in_utc", sent, text, f"send {wall.isoformat()}", "time", time)
    else:
        text = "time: in UTC, which is right only if the device's clock runs in UTC"
        fix = f"make sure that this was {local:%H:%M} in {zone.key}; better send {local.isoformat()}"
        yield Finding("clock", "utc", sent, text, fix, "time", time, is_fault=False)


def _local_as_utc(sent: Sent, zone: ZoneInfo) -> Iterator[Finding]:
    ahead = sent.occurred_at - sent.received_at
    if sent.occurred_at.utcoffset() or "receivedtime" not in sent.fields or not timedelta() < ahead < FUTURE_LIMIT:
        return
    wall = sent.occurred_at.replace(tzinfo=zone)
    if abs(ahead - (wall.utcoffset() or timedelta())) < _NEAR:
        text = f"time: marked UTC, but ahead of its receipt by the offset of {zone.key}: it is local time"
        fix = f"add the offset instead of Z: {wall.isoformat()}"
        yield Finding("clock", "local_time_as_utc", sent, text, fix, "time", sent.fields["time"])


def _odd(sent: Sent) -> Iterator[Finding]:
    occurred_at, time = sent.occurred_at, sent.fields["time"]
    ahead = occurred_at - sent.received_at
    if occurred_at < _CLOCK_NOT_SET or -ahead > PAST_LIMIT:
        text = "time: not plausible: a clock that was never set, or lost power"
        fix = "set the clock from the network before the first event, and hold events until it is set"
        yield Finding("clock", "not_plausible", sent, text, fix, "time", time)
    elif ahead > FUTURE_LIMIT:
        text = "time: more than 24 hours after receipt: such an event is refused"
        yield Finding("clock", "time_in_future", sent, text, "set the device's clock", "time", time)
    elif ahead > FUTURE_FLAG:
        text = "time: more than 10 minutes after receipt: such an event is flagged"
        yield Finding("clock", "time_ahead", sent, text, "keep the device's clock by NTP", "time", time)


def _precision(events: list[Sent]) -> Iterator[Finding]:
    """Times that are all whole minutes or hours are less precise than they say."""
    fine = [sent for sent in events if sent.fields.get("timeprecision", "second") == "second"]
    moments = {sent.occurred_at for sent in fine}
    if len(moments) >= _ENOUGH_HOURS and all(moment.minute == moment.second == 0 for moment in moments):
        text = "timeprecision: every time is a whole hour, though seconds are claimed"
        yield Finding("clock", "precision_hour", fine[0], text, 'send "timeprecision": "hour"', "timeprecision")
    elif len(moments) >= _ENOUGH_EVENTS and all(moment.second == 0 for moment in moments):
        text = "timeprecision: every time is a whole minute, though seconds are claimed"
        yield Finding("clock", "precision_minute", fine[0], text, 'send "timeprecision": "minute"', "timeprecision")


def _is_missing(wall: datetime, zone: ZoneInfo) -> bool:
    return wall.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != wall.replace(tzinfo=None)


def _offset_text(offset: timedelta | None) -> str:
    return datetime(2020, 1, 1, tzinfo=timezone(offset or timedelta())).isoformat()[-6:]
