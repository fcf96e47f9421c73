"""Turns the parts of a mapping into functions that take a row's cells and return a value of an event."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from ingest.files.cells import Cell, Unreadable, day, in_zone, moment, number, text_of, whole_number
from ingest.files.mapping import ClockRule, Column, Condition, Constant, EachRow, Node, TimeColumns, loose

Row = Sequence[Cell]
Rows = Sequence[Row]  # of one group; a single one where rows stand for themselves
Value = Callable[[Rows], Any]
_REMEMBERED = 50_000  # what the same text means is looked up, not worked out again; files with more texts are rare


class RowSkipped(ValueError):
    """Count this row and go on with the next: the text says why, without the value, which may be about a person."""


def value_of(node: Node, places: dict[str, int]) -> Value:
    """A function for the value of *node*; its None means that nothing was answered.

    An object loses the fields without an answer; in a list it is left out as a whole, as its other fields say nothing.
    """
    if isinstance(node, Constant):
        constant = node.value
        return lambda _: constant
    if isinstance(node, Column):
        return _column(node, places[node.name])
    if isinstance(node, EachRow):
        of_row, width = value_of(node.item, places), len(node.item) if isinstance(node.item, dict) else 0
        return lambda rows: [value for row in rows if _is_whole(value := of_row((row,)), width)]
    if isinstance(node, dict):
        fields = [(name, value_of(item, places)) for name, item in node.items()]
        return lambda rows: {name: value for name, of in fields if (value := of(rows)) is not None}
    items = [(value_of(item, places), len(item) if isinstance(item, dict) else 0) for item in node]
    return lambda rows: [value for of, width in items if _is_whole(value := of(rows), width)]


def condition_of(condition: Condition, places: dict[str, int]) -> Callable[[Row], bool]:
    """A function that tells whether a row is one of those meant."""
    tests = [(places[name], texts) for name, texts in condition.texts]
    if len(tests) != 1:
        return lambda row: all(text_of(row[place]) in texts for place, texts in tests)
    [(place, texts)] = tests
    return lambda row: text_of(row[place]) in texts


Told = tuple[str, str, date]  # the time for the event, the time as told, and the local day


def time_of(time: TimeColumns, places: dict[str, int]) -> Callable[[Row, ClockRule | None], Told]:
    """A function for the time of a row after a clock rule, if one is meant."""
    at = [places[name] for name in time.names]
    names = " and ".join(time.names)
    known: dict[tuple[Any, ...], Told] = {}

    def told(row: Row, rule: ClockRule | None) -> Told:
        cells = [row[place] for place in at]
        key = (*cells, id(rule))
        if (found := known.get(key)) is None:
            try:
                found = _told(cells, time, rule)
            except Unreadable as error:
                raise RowSkipped(f"{names}: {error}") from error
            if len(known) < _REMEMBERED:
                known[key] = found
        return found

    return told


def _told(cells: Sequence[Cell], time: TimeColumns, rule: ClockRule | None) -> Told:
    found = moment(cells, time.formats)
    as_told = found.at.replace(tzinfo=None).isoformat(timespec="seconds")
    if rule is not None:
        found = found._replace(at=_put_right(found.at, rule))
    if time.precision == "day":
        at = found.at.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=time.time_zone)
    elif not found.has_clock:
        raise Unreadable("a day without a time of day: set precision to day, or name the column of the time too")
    else:
        at = in_zone(found, time.time_zone)
    return at.isoformat(), as_told, at.date()


def _put_right(at: datetime, rule: ClockRule) -> datetime:
    try:
        if rule.set_year is not None:
            return at.replace(year=rule.set_year)
        return datetime.fromordinal(at.toordinal() + rule.add_days).replace(
            hour=at.hour, minute=at.minute, second=at.second, microsecond=at.microsecond, tzinfo=at.tzinfo
        )
    except (ValueError, OverflowError) as error:
        raise Unreadable(f"no such day after the clock rule {rule.flag}") from error


def _column(column: Column, place: int) -> Value:
    known: dict[str, Any] = {}

    def value(rows: Rows) -> Any:
        cell = rows[0][place]
        if not isinstance(cell, str):
            return _meaning(cell, column)
        if cell in known:
            return known[cell]
        meaning = _meaning(cell, column)
        if len(known) < _REMEMBERED and len(cell) < 100:
            known[cell] = meaning
        return meaning

    return value


def _meaning(cell: Cell, column: Column) -> Any:
    text = text_of(cell)
    if text in column.no_answer:
        return None
    if column.codes:
        code = loose(text) if column.is_loose else text
        if code not in column.codes:
            raise RowSkipped(f"{column.name}: a code that the mapping does not list")
        return column.codes[code]
    try:
        if column.type == "integer":
            return whole_number(cell)
        if column.type == "number":
            return number(cell, column.decimal)
        if column.type == "date":
            return day(cell, column.formats).isoformat()
    except Unreadable as error:
        wanted = str(error).replace("not a time", "not a date") if column.type == "date" else str(error)
        raise RowSkipped(f"{column.name}: {wanted}") from error
    return text


def _is_whole(value: Any, width: int) -> bool:
    return value is not None and not (isinstance(value, dict) and len(value) < width)
