"""Reads a deployment's reference files and finds everything that is wrong with them."""

import csv
import hashlib
import math
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, time
from decimal import Decimal, InvalidOperation
from pathlib import Path

from infra.errors import ActionNeeded
from ingest.reference.checks import Reference, Row, Value, find_problems
from ingest.reference.columns import Column, Table
from ingest.reference.tables import tables

LARGEST = 2**31 - 1  # what an integer of PostgreSQL holds


def read_reference(folders: Iterable[Path]) -> Reference:
    """The rows of all *folders* by file name; ActionNeeded lists every problem when there is any."""
    known = {table.file: table for table in tables()}
    reference: Reference = {file: [] for file in known}
    problems: list[str] = []
    unread: set[str] = set()
    for folder in folders:
        if not folder.is_dir():
            raise ActionNeeded(f"{folder} is no folder: give the folder that holds service_points.csv")
        for path in sorted(folder.glob("*.csv")):
            if path.name in known:
                known_problems = len(problems)
                rows = list(_read_file(path, known[path.name], problems))
                reference[path.name] += rows
                if not rows and len(problems) > known_problems:
                    unread.add(path.name)
            else:
                problems.append(f"{path}: not a reference file: rename it to one of {', '.join(known)}")
    problems += find_problems(reference, unread)
    if problems:
        count = f"{len(problems)} problem" + ("s" if len(problems) > 1 else "")
        raise ActionNeeded("\n  ".join([f"reference data: {count}, nothing was loaded:", *problems]))
    return reference


def digest(reference: Reference) -> str:
    """SHA-256 of all rows, whatever the order of rows, files and folders."""
    lines = sorted(
        repr((file, [str(row.values.get(column.name)) for column in table.columns]))
        for file, table in ((table.file, table) for table in tables())
        for row in reference[file]
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _read_file(path: Path, table: Table, problems: list[str]) -> Iterator[Row]:
    where = f"{path.parent.name}/{path.name}"
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        problems.append(f"{where}: byte {error.start} is not UTF-8: save the file as UTF-8")
        return
    reader = csv.reader(lines)
    header = _next_row(reader, where, problems) or []
    wanted = [column.name for column in table.columns]
    if sorted(header) != sorted(wanted):
        missing = [name for name in wanted if name not in header]
        unknown = [name for name in header if name not in wanted]
        parts = [f"lacks {', '.join(missing)}"] * bool(missing) + [f"has unknown {', '.join(unknown)}"] * bool(unknown)
        problems.append(
            f"{where} row 1: the header {' and '.join(parts) or 'repeats a column'}: give {','.join(wanted)}"
        )
        return
    while (cells := _next_row(reader, where, problems)) is not None:
        place = f"{where} row {reader.line_num}"
        if len(cells) != len(header):
            problems.append(f"{place}: {len(cells)} cells, the header has {len(header)}: quote cells that hold a comma")
        elif any(cells):
            yield _row(place, dict(zip(header, (cell.strip() for cell in cells), strict=True)), table, problems)


def _next_row(reader: Iterator[list[str]], where: str, problems: list[str]) -> list[str] | None:
    try:
        return next(reader, None)
    except csv.Error as error:
        problems.append(f"{where}: {error}: is a quote missing?")
        return None


def _row(place: str, written: dict[str, str], table: Table, problems: list[str]) -> Row:
    values: dict[str, Value] = {}
    for column in table.columns:
        text = written[column.name]
        try:
            values[column.name] = _value(text, column)
        except ValueError as error:
            problems.append(f"{place}, {column.name} {text!r}: {error}")
    return Row(place, values)


def _value(text: str, column: Column) -> Value:
    """The typed value; ValueError says what to write instead."""
    if not text:
        if column.required:
            raise ValueError("empty: give a value")
        return None
    if column.codes and text not in column.codes:
        raise ValueError(f"unknown code: write one of {', '.join(column.codes)}")
    if column.pattern and not re.fullmatch(column.pattern, text):
        raise ValueError(f"wrong form: it must match {column.pattern}")
    value = _typed(text, column)
    if isinstance(value, int | Decimal):
        if not math.isfinite(value):
            raise ValueError("not a number: write it with a decimal point, like 0.5")
        if not -LARGEST <= value <= LARGEST:
            raise ValueError(f"out of range: write at most {LARGEST}")
        low, high = column.minimum, column.maximum
        if low is not None and (value < low or (high is not None and value > high)):
            raise ValueError(f"out of range: write {low:g} {'or more' if high is None else f'to {high:g}'}")
    return value


def _typed(text: str, column: Column) -> Value:
    if column.type == "date":
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            raise ValueError("not a date: write it like 2026-10-05")
        return _parsed(date.fromisoformat, text, "not a date: write one that exists, like 2026-10-05")
    if column.type == "time":
        return _parsed(time.fromisoformat, text if ":" in text else "", "not a time: write it like 08:00")
    if column.type == "integer":
        return _parsed(int, text, "not a whole number: write digits only")
    if column.type == "number":
        return _parsed(Decimal, text, "not a number: write it with a decimal point, like 0.5")
    return text


def _parsed(read: Callable[[str], Value], text: str, complaint: str) -> Value:
    try:
        return read(text)
    except (ValueError, InvalidOperation) as error:
        raise ValueError(complaint) from error
