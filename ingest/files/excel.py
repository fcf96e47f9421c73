"""Reads a sheet of an Excel workbook: its rows as they were saved, and what in it would mislead."""

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from ingest.files.cells import Cell
from ingest.files.mapping import FileMapping
from ingest.files.tables import FileFault, Line, Table, check_header

LAST_ROW = 1_048_576
LARGEST_BYTES = 2 * 1024**3  # of a workbook unpacked; a full sheet of forms has a tenth of it
# What openpyxl and what it reads with raise where a workbook is not as it should be.
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, ParseError, EOFError, LookupError, ValueError, TypeError, AttributeError,
    NotImplementedError, ArithmeticError, AssertionError,
)  # fmt: skip
_ERRORS = ("#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#N/A", "#NULL!", "#NUM!")
_MERGED = re.compile(rb'<mergeCell\s[^>]*?ref="([A-Z]+)([0-9]+):([A-Z]+)([0-9]+)"')
_FORMULA = re.compile(rb"<f[ >/]")


@contextmanager
def open_sheet(path: Path, mapping: FileMapping) -> Iterator[Table]:
    """The rows of the sheet that *mapping* names, or of the only one to be seen. Raises FileFault."""
    import openpyxl

    with path.open("rb") as file:
        with _damage_told(path):
            _check_size(path)
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
            sheet = _sheet(book, path, mapping)
            merged, has_formulas = _scan(path, sheet)
            _check_merged(merged, path, sheet, mapping)
            formulas = _formula_rows(path, sheet, mapping) if has_formulas else None
            table = _table(path, mapping, book, sheet, formulas)
        yield table


@contextmanager
def _damage_told(path: Path) -> Iterator[None]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl tells of fonts and the like that it does not know
            yield
    except _DAMAGE as error:
        raise FileFault(f"{path.name} is no whole Excel workbook: open it in Excel and save it again") from error


def _table(path: Path, mapping: FileMapping, book: Any, sheet: Any, formulas: dict[int, set[int]] | None) -> Table:
    sheet.reset_dimensions()  # what a program wrote there is often wrong
    rows = sheet.iter_rows(min_row=mapping.header_row, values_only=True)
    header = [str(cell).strip() if cell is not None else "" for cell in next(rows, ())]
    while header and not header[-1]:
        header.pop()
    check_header(header, path, mapping)
    width, places = len(header), {header.index(name): name for name in mapping.columns}
    table = Table(header, iter(()), list(_notes(book, sheet, formulas)))

    def lines() -> Iterator[Line]:
        for number, values in enumerate(_undamaged(rows, path), start=mapping.header_row + 1):
            if all(value is None or value == "" for value in values):
                continue
            if number >= LAST_ROW:
                raise FileFault(
                    f"{path.name}: sheet {sheet.title!r} is full to its last row, so rows may have been cut off: "
                    "deliver it as CSV, or in several files"
                )
            cells: list[Cell] = [_cell(value) for value in values[:width]]
            cells += [None] * (width - len(cells))
            yield Line(number, cells, _fault(cells, places, formulas.get(number) if formulas else None))

    table.lines = lines()
    return table


def _undamaged(rows: Iterator[Any], path: Path) -> Iterator[Any]:
    while True:
        with _damage_told(path):
            try:
                values = next(rows)
            except StopIteration:
                return
        yield values


def _cell(value: Any) -> Cell:
    if isinstance(value, str):
        return value.strip()
    # A length of time of more than a day is kept as a timedelta: no column of ours is one.
    return value if value is None or isinstance(value, int | float) or hasattr(value, "isoformat") else str(value)


def _fault(cells: list[Cell], places: dict[int, str], formulas: set[int] | None) -> str | None:
    for place, name in places.items():
        if cells[place] in _ERRORS:
            return f"{name}: an error of Excel"
        if formulas and place in formulas and cells[place] is None:
            return f"{name}: a formula without its value: open the file in Excel and save it"
    return None


def _notes(book: Any, sheet: Any, formulas: dict[int, set[int]] | None) -> Iterator[str]:
    hidden = [other.title for other in book.worksheets if other.sheet_state != "visible" and other is not sheet]
    if hidden:
        yield f"hidden sheets were not read: {', '.join(hidden)}"
    if sheet.sheet_state != "visible":
        yield f"sheet {sheet.title!r} is hidden, and was read because the mapping names it"
    if formulas:
        count = sum(len(places) for places in formulas.values())
        yield f"{count} cells hold formulas: the values that Excel saved were read"


def _check_size(path: Path) -> None:
    with zipfile.ZipFile(path) as book:
        if any(entry.flag_bits & 1 for entry in book.infolist()):
            raise FileFault(f"{path.name} has a password: save it without one")
        if sum(entry.file_size for entry in book.infolist()) > LARGEST_BYTES:
            raise FileFault(f"{path.name} is larger than 2 GB when unpacked: deliver it as CSV, or in several files")


def _sheet(book: Any, path: Path, mapping: FileMapping) -> Any:
    names = [sheet.title for sheet in book.worksheets]
    if mapping.sheet is not None:
        if mapping.sheet not in names:
            raise FileFault(f"{path.name} has no sheet {mapping.sheet!r}, it has {', '.join(names)}: correct sheet")
        return book[mapping.sheet]
    visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if len(visible) != 1:
        seen = ", ".join(sheet.title for sheet in visible) or "none that can be seen"
        raise FileFault(f"{path.name} has several sheets or none to choose from ({seen}): name one as sheet")
    return visible[0]


def _scan(path: Path, sheet: Any) -> tuple[list[tuple[int, int, str]], bool]:
    """Merged ranges (first row, last row, name) and whether there are formulas, from the sheet's own bytes."""
    merged: list[tuple[int, int, str]] = []
    has_formulas = False
    with zipfile.ZipFile(path) as book, book.open(sheet._worksheet_path) as content:
        rest = b""
        while block := content.read(1 << 20):
            rest = rest[-200:] + block
            has_formulas = has_formulas or _FORMULA.search(rest) is not None
            merged += [
                (int(top), int(bottom), f"{left.decode()}{int(top)}:{right.decode()}{int(bottom)}")
                for left, top, right, bottom in _MERGED.findall(rest)
            ]
    return merged, has_formulas


def _check_merged(merged: list[tuple[int, int, str]], path: Path, sheet: Any, mapping: FileMapping) -> None:
    within = sorted({name for _, bottom, name in merged if bottom >= mapping.header_row})
    if within:
        raise FileFault(
            f"{path.name}: sheet {sheet.title!r} has merged cells ({', '.join(within[:3])}), of which only the first "
            "holds a value: unmerge them and fill in each row"
        )


def _formula_rows(path: Path, sheet: Any, mapping: FileMapping) -> dict[int, set[int]]:
    """By row, the columns (from 0) that hold a formula: a second reading, as Excel keeps value and formula apart."""
    import openpyxl

    found: dict[int, set[int]] = {}
    with path.open("rb") as file:
        again = openpyxl.load_workbook(file, read_only=True, keep_links=False)[sheet.title]
        again.reset_dimensions()
        for row in again.iter_rows(min_row=mapping.header_row + 1):
            for cell in row:
                if cell.data_type == "f":
                    found.setdefault(cell.row, set()).add(cell.column - 1)
    return found
