"""Reads the rows of a file: CSV and JSON Lines, packed by gzip or not, and Excel sheets."""

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, NamedTuple

import orjson

from infra.errors import ActionNeeded
from ingest.files.cells import Cell
from ingest.files.mapping import FileMapping
from ingest.scrub.scrub import scrub

_GZIP, _ZIP, _OLE = b"\x1f\x8b", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SUFFIXES = {".xlsx": "xlsx", ".xlsm": "xlsx", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl"}
_SAMPLE_BYTES = 65_536


class FileFault(ActionNeeded):
    """This file cannot be read as its mapping says; others can."""


class Line(NamedTuple):
    """A row with its place in the file; *fault* says why its cells are of no use."""

    number: int
    cells: list[Cell]
    fault: str | None = None


@dataclass(slots=True)
class Table:
    """The rows of a file, read while one goes through them; *notes* say what a person should know about the file."""

    header: list[str]
    lines: Iterator[Line]
    notes: list[str] = field(default_factory=list)


@contextmanager
def open_table(path: Path, mapping: FileMapping) -> Iterator[Table]:
    """Open *path* as *mapping* says it is. Raises FileFault, also while the rows are read."""
    start = _first_bytes(path)
    form = mapping.format or _SUFFIXES.get(Path(path.name.removesuffix(".gz")).suffix.lower(), "csv")
    _check_kind(path, form, start)
    try:
        if form == "xlsx":
            from ingest.files.excel import open_sheet

            with open_sheet(path, mapping) as table:
                yield table
            return
        with _open_text(path, mapping, start) as text:
            yield _json_table(text, mapping) if form == "jsonl" else _csv_table(text, path, mapping)
    except UnicodeDecodeError as error:
        raise FileFault(f"{path.name} is not {mapping.encoding}: set encoding in the mapping") from error
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise FileFault(f"{path.name} is not a whole gzip file: fetch it again") from error
    except OSError as error:
        raise FileFault(f"{path.name}: {error.strerror}: see that it can be read") from error


def check_header(header: list[str], path: Path, mapping: FileMapping) -> None:
    """Raise FileFault where a column that the mapping reads is missing or comes twice."""
    missing = [name for name in mapping.columns if name not in header]
    if not any(header):
        raise FileFault(
            f"{path.name} has no header in row {mapping.header_row}: see that it is whole and names its columns"
        )
    if missing:
        raise FileFault(
            f"{path.name} has no column {', '.join(map(repr, missing))}: "
            f"its header is {[scrub(name) for name in header]}: "
            "correct the mapping (is the separator right?)"
        )
    repeated = sorted({name for name in mapping.columns if header.count(name) > 1})
    if repeated:
        raise FileFault(f"{path.name} has column {repeated[0]!r} more than once: rename one of them")


def _first_bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(8)
    except OSError as error:
        raise FileFault(f"{path.name}: {error.strerror}: see that it can be read") from error


def _check_kind(path: Path, form: str, start: bytes) -> None:
    if start == _OLE:
        raise FileFault(f"{path.name} is an old Excel file or has a password: save it as .xlsx without a password")
    if form == "xlsx" and not start.startswith(_ZIP):
        raise FileFault(f"{path.name} is no Excel workbook (.xlsx): save it as one, or set format in the mapping")
    if form != "xlsx" and start.startswith(_ZIP):
        raise FileFault(f"{path.name} is an Excel workbook or a zip file: set format to xlsx, or unpack it")


@contextmanager
def _open_text(path: Path, mapping: FileMapping, start: bytes) -> Iterator[IO[str]]:
    with path.open("rb") as file:
        # Told apart by the bytes: names lose their .gz on the way.
        raw: Any = gzip.GzipFile(fileobj=file) if start.startswith(_GZIP) else file
        with io.BufferedReader(raw, 1 << 20) as content:
            sample = content.peek(_SAMPLE_BYTES)[:_SAMPLE_BYTES]
            yield io.TextIOWrapper(content, encoding=_encoding(path, mapping, sample), newline="")


def _encoding(path: Path, mapping: FileMapping, sample: bytes) -> str:
    encoding = mapping.encoding.lower().replace("_", "-")
    if encoding in ("utf-8", "utf8"):
        return "utf-8-sig"  # a byte order mark is not part of the first column's name
    if encoding.startswith(("iso-8859", "iso8859", "latin", "cp125", "windows-125")) and not sample.isascii():
        # An encoding of one byte a letter reads everything, and UTF-8 in it would go on as 'HyvÃ¤'.
        try:
            sample[: -3 if len(sample) == _SAMPLE_BYTES else None].decode("utf-8")
        except UnicodeDecodeError:
            return mapping.encoding
        raise FileFault(f"{path.name} is UTF-8, the mapping says {mapping.encoding}: set encoding in the mapping")
    return mapping.encoding


def _csv_table(text: IO[str], path: Path, mapping: FileMapping) -> Table:
    reader = csv.reader(text, delimiter=mapping.separator)
    header: list[str] = next(_csv_rows(reader, path), (0, []))[1]
    header = [name.strip() for name in header]
    check_header(header, path, mapping)
    width = len(header)

    def lines() -> Iterator[Line]:
        for number, cells in _csv_rows(reader, path):
            if not any(cells):
                continue
            if len(cells) != width:
                yield Line(number, [], f"{len(cells)} cells, the header has {width}")
            else:
                yield Line(number, [cell.strip() for cell in cells])

    return Table(header, lines())


def _csv_rows(reader: Any, path: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise FileFault(f"{path.name}, line {reader.line_num}: {error}: is it a CSV file?") from error


def _json_table(text: IO[str], mapping: FileMapping) -> Table:
    header = mapping.columns
    table = Table(header, iter(()))
    unseen = set(header)

    def lines() -> Iterator[Line]:
        for number, line in enumerate(text, start=1):
            if line.strip():
                yield _json_line(number, line, header, unseen)
        table.notes.extend(f"no line has a field {name!r}: is its name right?" for name in sorted(unseen))

    table.lines = lines()
    return table


def _json_line(number: int, line: str, header: list[str], unseen: set[str]) -> Line:
    try:
        content = orjson.loads(line)
    except orjson.JSONDecodeError:
        return Line(number, [], "not JSON")
    if not isinstance(content, dict):
        return Line(number, [], "JSON, but not an object")
    cells: list[Cell] = []
    for name in header:
        value = _field(content, name)
        if isinstance(value, dict | list):
            return Line(number, [], f"{name}: not a single value")
        if value is not None:
            unseen.discard(name)
        cells.append(value.strip() if isinstance(value, str) else value)
    return Line(number, cells)


def _field(content: dict[str, Any], name: str) -> Any:
    """The value of a field; a.b is field b of the object a."""
    if name in content or "." not in name:
        return content.get(name)
    first, rest = name.split(".", 1)
    inner = content.get(first)
    return _field(inner, rest) if isinstance(inner, dict) else None


def grouped(lines: Iterator[Line], mapping: FileMapping, header: list[str]) -> Iterator[list[Line]]:
    """The rows of one event together, in the order of their first: each row alone where the mapping groups none."""
    if not mapping.group:
        yield from ([line] for line in lines)
        return
    places = [header.index(name) for name in mapping.group]
    groups: dict[tuple[Cell, ...], list[Line]] = {}
    for line in lines:
        if line.fault is not None:
            yield [line]
        else:
            groups.setdefault(tuple(line.cells[place] for place in places), []).append(line)
    yield from groups.values()
