"""What people write in cells: times, days and numbers, as text files and Excel hold them."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

Cell = str | int | float | bool | date | time | None  # a datetime is a date too

NAMED_FORMATS = ("finnish", "iso", "excel")
_EXAMPLES = {"finnish": "5.10.2026 (klo 9.15)", "iso": "2026-10-05 (T09:15)", "excel": "46300.385"}

_FINNISH = re.compile(
    r"(?:(?:ma|ti|ke|to|pe|la|su)\.?\s+)?"
    r"(?:(?P<day>[0-9]{1,2})\.\s?(?P<month>[0-9]{1,2})\.\s?(?P<year>[0-9]{4}))?"
    r"(?:(?:^|,|\s|(?<=\s))\s*(?:klo|kello|kl)?\.?\s*"
    r"(?P<hour>[0-9]{1,2})[.:](?P<minute>[0-9]{2})(?:[.:](?P<second>[0-9]{2}))?)?",
    re.IGNORECASE,
)
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,18}(?:\.[0-9]{1,18})?")
_EXCEL_EPOCH = datetime(1899, 12, 30)
_EXCEL_DAYS = (61, 2_958_466)  # before 1 March 1900 Excel counts a day that never was


class Unreadable(ValueError):
    """A cell does not say what its column should: the text says what it should look like, never what it holds."""


class Moment(NamedTuple):
    """A point in time as written: without a zone, unless the cell gave one."""

    at: datetime
    has_clock: bool


def text_of(cell: Cell) -> str:
    """A cell as text: what a whole number, a day or a truth value looks like does not depend on the kind of file."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return str(cell) if isinstance(cell, int) else cell.isoformat()


def whole_number(cell: Cell) -> int:
    """A whole number; Excel keeps each number as a fraction, so 4.0 of a number cell is 4."""
    text = text_of(cell)
    if isinstance(cell, bool) or not _WHOLE.fullmatch(text):
        raise Unreadable("not a whole number")
    return int(text)


def number(cell: Cell, decimal: str) -> float:
    """A number with the *decimal* sign of the file; blanks of any width may group its digits."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if not abs(cell) < 1e18:  # also what is no number at all
            raise Unreadable("not a number")
        return float(cell)
    plain = re.sub(r"[ \u00a0\u202f]", "", text_of(cell)).replace("\u2212", "-")
    if decimal == ",":
        if "." in plain:
            raise Unreadable("not a number with a decimal comma")
        plain = plain.replace(",", ".")
    if not _NUMBER.fullmatch(plain):
        raise Unreadable("not a number")
    return float(plain)


def day(cell: Cell, formats: Sequence[str]) -> date:
    return moment([cell], formats).at.date()


def moment(cells: Sequence[Cell], formats: Sequence[str]) -> Moment:
    """The time that *cells* tell together (a day, a time of day, or both in one), by the first of *formats* that fits.

    Cells that Excel keeps as days or times need no format. Raises Unreadable.
    """
    for form in formats:
        found = _joined(cells, form) if form not in NAMED_FORMATS else _from_parts(cells, form)
        if found is not None:
            return found
    raise Unreadable(f"not a time like {' or '.join(_EXAMPLES.get(form, form) for form in formats)}")


def in_zone(found: Moment, zone: tzinfo) -> datetime:
    """*found* in *zone*; of an hour that comes twice the first is meant. Unreadable where the clocks skipped it."""
    try:
        at = found.at.astimezone(zone) if found.at.tzinfo else found.at.replace(tzinfo=zone, fold=0)
        told_back = at.astimezone(UTC).astimezone(zone)
    except OverflowError as error:
        raise Unreadable("not a time of our calendar") from error
    if told_back.replace(tzinfo=None) != at.replace(tzinfo=None):
        raise Unreadable(f"an hour that the clocks skipped in {zone}")
    return at


def _joined(cells: Sequence[Cell], form: str) -> Moment | None:
    if any(isinstance(cell, date | time) for cell in cells):
        return _from_parts(cells, "iso")
    try:
        at = datetime.strptime(" ".join(text_of(cell) for cell in cells), form)
    except ValueError:
        return None
    return Moment(at, any(code in form for code in ("%H", "%I", "%X", "%c")))


def _from_parts(cells: Sequence[Cell], form: str) -> Moment | None:
    on: date | None = None
    clock: time | None = None
    for cell in cells:
        parts = _parts(cell, form)
        if parts is None:
            return None
        on = on or parts[0]
        # Excel's cell of a day alone is that day's midnight: any other cell knows the time of day better.
        clock = parts[1] if clock is None or clock == time() else clock
    return None if on is None else Moment(datetime.combine(on, clock or time()), clock is not None)


def _parts(cell: Cell, form: str) -> tuple[date | None, time | None] | None:
    if isinstance(cell, datetime):
        is_clock = cell.date() <= _EXCEL_EPOCH.date() + timedelta(days=1)
        clock = cell.time() if is_clock or cell.time() != time() else None
        return (None if is_clock else cell.date(), clock)
    if isinstance(cell, date):
        return cell, None
    if isinstance(cell, time):
        return None, cell
    if form == "excel":
        return _excel(cell)
    return _finnish(text_of(cell)) if form == "finnish" else _iso(text_of(cell))


def _finnish(text: str) -> tuple[date | None, time | None] | None:
    found = _FINNISH.fullmatch(text.strip())
    if found is None or not (found["day"] or found["hour"]):
        return None
    try:
        on = date(int(found["year"]), int(found["month"]), int(found["day"])) if found["day"] else None
        hour = found["hour"]
        clock = time(int(hour), int(found["minute"]), int(found["second"] or 0)) if hour else None
    except ValueError:
        return None
    return on, clock


def _iso(text: str) -> tuple[date | None, time | None] | None:
    try:
        if len(text) <= 8 and ":" in text:
            return None, time.fromisoformat(text)
        if len(text) == 10:
            return date.fromisoformat(text), None
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at.date(), at.timetz()


def _excel(cell: Cell) -> tuple[date | None, time | None] | None:
    try:
        serial = number(cell if not isinstance(cell, str) else cell.replace(",", "."), ".")
    except Unreadable:
        return None
    # A fraction of a day is not exact in binary: the nearest second is what was meant.
    if 0 <= serial < 1:
        return None, (datetime.min + timedelta(seconds=min(round(serial * 86_400), 86_399))).time()
    if not _EXCEL_DAYS[0] <= serial < _EXCEL_DAYS[1]:
        return None
    at = _EXCEL_EPOCH + timedelta(days=int(serial), seconds=round(serial % 1 * 86_400))
    return at.date(), None if serial == int(serial) else at.time()
