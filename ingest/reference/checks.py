"""What must hold between the rows of the reference files."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from itertools import combinations
from typing import Any

from ingest.reference.columns import Table
from ingest.reference.tables import ALIASED, tables

Value = str | date | time | int | Decimal | None


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a reference file; *values* holds only the cells that could be read."""

    place: str
    values: dict[str, Any]


Reference = dict[str, list[Row]]


def find_problems(reference: Reference, unread: Collection[str] = ()) -> Iterator[str]:
    """A line for each problem: file, row, column, value, and what to do. What *unread* files hold is not known."""
    for table in tables():
        rows = reference[table.file]
        if table.required and not rows and table.file not in unread:
            yield f"{table.file}: missing or empty: every deployment needs its rows"
        for row in rows:
            yield from _order_problems(table, row)
        yield from _reference_problems(table, reference, unread)
        yield from _overlaps(table, rows)
    for row in reference["sources.csv"]:
        if row.values.get("family") == "feedback" and row.values.get("collection_mode", "") is None:
            yield f"{row.place}, collection_mode '': empty for a feedback source: give its mode, such as device or sms"
    for row in reference["targets.csv"]:
        if row.values.get("service_point_id") and row.values.get("size_class"):
            yield f"{row.place}, size_class {row.values['size_class']!r}: the target is for a point: leave one empty"
    yield from _alias_problems(reference, unread)
    if "opening_hours.csv" not in unread:
        yield from _stop_problems(reference)


def _order_problems(table: Table, row: Row) -> Iterator[str]:
    for first, sign, second in table.ordered:
        start, end = row.values.get(first), row.values.get(second)
        if start is not None and end is not None and (end < start or (end == start and sign == "<")):
            rule = "must come after" if sign == "<" else "must not come before"
            yield f"{row.place}, {second} '{end}': {rule} {first} ('{start}'): correct one of them"
    if table.hours and (row.values.get("opens_at", "") is None) != (row.values.get("closes_at", "") is None):
        yield f"{row.place}, closes_at: only one of opens_at and closes_at is given: give both, or none when closed"


def _reference_problems(table: Table, reference: Reference, unread: Collection[str]) -> Iterator[str]:
    for column in table.columns:
        if not column.refers_to or column.refers_to in unread:
            continue
        target = next(other for other in tables() if other.file == column.refers_to).columns[0].name
        known = {other.values.get(target) for other in reference[column.refers_to]}
        for row in reference[table.file]:
            value = row.values.get(column.name)
            if value is not None and value not in known:
                yield (
                    f"{row.place}, {column.name} {value!r}: not in {column.refers_to}: "
                    f"add it there (column {target}) or correct the value"
                )
                if not known:
                    break  # the whole file is missing: once is enough


def _alias_problems(reference: Reference, unread: Collection[str]) -> Iterator[str]:
    """An alias leads to a code that exists, and no spelling leads to two codes, however it is capitalised."""
    spelled: dict[tuple[Value, str], Row] = {}
    for row in reference["aliases.csv"]:
        code_list, alias, code = (row.values.get(name) for name in ("code_list", "alias", "code"))
        if code_list is None or alias is None:
            continue
        file = ALIASED[code_list]
        column = next(table for table in tables() if table.file == file).columns[0].name
        if (
            code is not None
            and file not in unread
            and all(other.values.get(column) != code for other in reference[file])
        ):
            yield f"{row.place}, code {code!r}: not in {file}: add it there (column {column}) or correct the code"
        before = spelled.setdefault((code_list, alias.casefold()), row)
        if before.values.get("alias") != alias:
            yield f"{row.place}, alias {alias!r}: differs from {before.place} by capitals only: keep one of them"


def _stop_problems(reference: Reference) -> Iterator[str]:
    """A mobile point is open while it is at a stop."""
    for row in reference["stops.csv"]:
        stop = row.values
        hours = [
            other.values
            for other in reference["opening_hours.csv"]
            if all(other.values.get(name) == stop.get(name) for name in ("service_point_id", "weekday"))
        ]
        if {"service_point_id", "weekday", "opens_at", "closes_at"} <= stop.keys() and not any(
            other.get("opens_at", time.max) <= stop["opens_at"]
            and stop["closes_at"] <= other.get("closes_at", time.min)
            for other in hours
        ):
            yield (
                f"{row.place}, opens_at '{stop['opens_at']}': the point {stop['service_point_id']!r} is not open then: "
                "add the time to opening_hours.csv or correct the stop"
            )


def _overlaps(table: Table, rows: list[Row]) -> Iterator[str]:
    groups: dict[tuple[Value, ...], list[Row]] = defaultdict(list)
    for row in rows:
        if all(name in row.values for name in table.key):
            groups[tuple(row.values[name] for name in table.key)].append(row)
    for key, members in groups.items():
        named = ", ".join(f"{name} {str(value or '')!r}" for name, value in zip(table.key, key, strict=True))
        for first, second in combinations(members, 2):
            if _meet(first, second, table):
                what = "its time overlaps" if table.is_dated or table.hours else "the same stands in"
                fix = "end the earlier row (valid_to) where the later begins" if table.is_dated else "keep one of them"
                yield f"{second.place}, {named}: {what} {first.place}: {fix}"


def _meet(first: Row, second: Row, table: Table) -> bool:
    if table.is_dated and not _spans_meet(first, second, "valid_from", "valid_to", date.max):
        return False
    return not table.hours or _spans_meet(first, second, "opens_at", "closes_at", time.max)


def _spans_meet(first: Row, second: Row, start: str, end: str, last: date | time) -> bool:
    if first.values.get(start) is None or second.values.get(start) is None:
        return start == "opens_at"  # closed for the day: no other row may stand beside it
    later, earlier = (first, second) if first.values[start] >= second.values[start] else (second, first)
    return bool(later.values[start] < (earlier.values.get(end) or last))
