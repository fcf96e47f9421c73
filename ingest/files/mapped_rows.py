"""Makes the events of a row, as a mapping says."""

import re
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from ingest.contracts import explain
from ingest.files.cells import text_of
from ingest.files.mapping import ClockRule, EachRow, EventRule, FileMapping, Node, columns_of
from ingest.files.values import Row, Rows, RowSkipped, condition_of, time_of, value_of

# Ids must never change: the same row sent again is known by them.
ROWS = uuid.uuid5(uuid.NAMESPACE_URL, "urn:pulssi:mapped-row")
UNKNOWN_POINT = "(unknown point)"
_POINT = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")

Event = dict[str, Any]


class Made(NamedTuple):
    """What became of a row: its events, or the reason why there are none. *point* is where the report counts it."""

    point: str
    events: list[Event]
    flags: tuple[str, ...]
    reason: str | None


Maker = Callable[[Rows], Made]


def row_maker(mapping: FileMapping, header: list[str]) -> Maker:
    """A function that makes events of the rows of one file; it counts rows alike where ids come from content."""
    places = {name: header.index(name) for name in mapping.columns}
    point_of = _point_reader(mapping, places)
    skips = [(condition_of(rule.when, places), rule.reason) for rule in mapping.skip]
    identify = _identifier(mapping, places)
    rules = [_event_maker(rule, mapping, places) for rule in mapping.events]
    tell_alike = _require_one_value(mapping, places)

    def make(rows: Rows) -> Made:
        point = UNKNOWN_POINT
        try:
            point = point_of(rows)
            for is_meant, reason in skips:
                if is_meant(rows[0]):
                    return Made(point, [], (), reason)
            tell_alike(rows)
            identity = identify(rows)
            made = [found for rule in rules if (found := rule(rows, identity)) is not None]
        except RowSkipped as skipped:
            return Made(point, [], (), str(skipped))
        if not made:
            return Made(point, [], (), "no event of the mapping is for such a row")
        return Made(point, [event for event, _ in made], made[0][1], None)

    return make


def _point_reader(mapping: FileMapping, places: dict[str, int]) -> Callable[[Rows], str]:
    """The service point under which a row is counted, readable or not as a whole; only what looks like a code."""
    subjects = [value_of(rule.subject, places) for rule in mapping.events if rule.subject is not None][:1]

    def point(rows: Rows) -> str:
        found = subjects[0](rows) if subjects else None
        return found if isinstance(found, str) and _POINT.fullmatch(found) else UNKNOWN_POINT

    return point


def _identifier(mapping: FileMapping, places: dict[str, int]) -> Callable[[Rows], list[str]]:
    """The texts that, with the source, make the ids of a row's events."""
    if mapping.identity:
        own = [places[name] for name in mapping.identity]

        def named(rows: Rows) -> list[str]:
            parts = [text_of(rows[0][place]) for place in own]
            if not any(parts):
                raise RowSkipped(f"{', '.join(mapping.identity)}: empty, so the row could not be known again")
            return parts

        return named
    read = sorted(places.values())
    alike: Counter[int] = Counter()

    def content(rows: Rows) -> list[str]:
        parts = [text_of(row[place]) for row in rows for place in read]
        # Two people may have answered the same: rows alike are different events, told apart by their order.
        key = hash(tuple(parts))
        alike[key] += 1
        return ["content", *parts, str(alike[key])]

    return content


def _event_maker(
    rule: EventRule, mapping: FileMapping, places: dict[str, int]
) -> Callable[[Rows, list[str]], tuple[Event, tuple[str, ...]] | None]:
    is_meant = condition_of(rule.when, places)
    data_of = value_of(rule.data, places)
    subject_of = value_of(rule.subject, places) if rule.subject is not None else lambda _: None
    told = time_of(rule.time, places)
    clock_rule, flags_of = _clock_rules(mapping, places), _flags(mapping, places)
    suffix = [rule.name] if len(mapping.events) > 1 else []
    validator, fields = rule.contract.validator, rule.contract.schema["properties"]["data"]["properties"]

    def event(rows: Rows, identity: list[str]) -> tuple[Event, tuple[str, ...]] | None:
        row = rows[0]
        if not is_meant(row):
            return None
        subject = subject_of(rows)
        clock = clock_rule(row)
        time, as_told, on = told(row, clock)
        if mapping.period and not mapping.period[0] <= on <= mapping.period[1]:
            raise RowSkipped(f"{' and '.join(rule.time.names)}: outside the period {_period(mapping.period)}")
        data = data_of(rows)
        flags = flags_of(row, on)
        if clock is not None:
            flags = (clock.flag, *flags)
            if "time_told" in fields:
                data["time_told"] = as_told
        if flags:
            data["flags"] = list(flags)
        source = mapping.source if subject is None else mapping.source.replace("{subject}", str(subject))
        content = {
            "specversion": "1.0",
            "id": str(uuid.uuid5(ROWS, "\0".join([source, *identity, *suffix]))),
            "source": source,
            "type": rule.contract.type,
            "time": time,
            "timeprecision": rule.time.precision,
            "datacontenttype": "application/json",
            "data": data,
        }
        if subject is not None:
            content["subject"] = subject
        if mapping.received_time is not None:
            content["receivedtime"] = mapping.received_time
        if not validator.is_valid(content):
            raise RowSkipped(explain(rule.contract, content))
        return content, flags

    return event


def _clock_rules(mapping: FileMapping, places: dict[str, int]) -> Callable[[Row], ClockRule | None]:
    rules = [(condition_of(rule.when, places), rule) for rule in mapping.clock_rules]
    return lambda row: next((rule for is_meant, rule in rules if is_meant(row)), None)


def _flags(mapping: FileMapping, places: dict[str, int]) -> Callable[[Row, date], tuple[str, ...]]:
    flags = [(flag.code, condition_of(flag.when, places), flag.days) for flag in mapping.flags]
    return lambda row, on: tuple(code for code, is_meant, days in flags if (on in days if days else is_meant(row)))


def _require_one_value(mapping: FileMapping, places: dict[str, int]) -> Callable[[Rows], None]:
    """Refuse a group whose rows say different things where one value is needed."""
    listed = {column.name for rule in mapping.events for node in _each_rows(rule.data) for column in columns_of(node)}
    single = [(name, place) for name, place in places.items() if name not in listed]

    def check(rows: Rows) -> None:
        for row in rows[1:]:
            for name, place in single:
                if row[place] != rows[0][place]:
                    raise RowSkipped(f"{name}: differs between the rows of one group")

    return check


def _each_rows(node: Node) -> list[EachRow]:
    if isinstance(node, EachRow):
        return [node]
    if isinstance(node, dict | list):
        return [each for item in (node.values() if isinstance(node, dict) else node) for each in _each_rows(item)]
    return []


def _period(period: tuple[date, date]) -> str:
    return f"{period[0].isoformat()} to {period[1].isoformat()}"
