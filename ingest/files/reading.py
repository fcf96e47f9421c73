"""Goes through a file: its rows become events as the mapping says, and the report counts those that do not."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import orjson

from ingest.files.mapped_rows import UNKNOWN_POINT, Event, Made, row_maker
from ingest.files.mapping import FileMapping
from ingest.files.report import Report
from ingest.files.tables import grouped, open_table
from ingest.names import shown_file_name

REPEATED = "the same identity as an earlier row, with other content"


class Unit(NamedTuple):
    """A row, or the rows of one event, and what was made of it."""

    made: Made
    rows: int
    line: int
    is_repeated: bool


def read_rows(path: Path, mapping: FileMapping, report: Report) -> Iterator[Unit]:
    """What the rows of *path* became; those that make no event are counted in *report* instead.

    A row that repeats an earlier one is given again: what comes twice is for the ledger to see. Raises FileFault.
    """
    report.file, report.mapping = shown_file_name(path.name), mapping.name
    report.shows_corrections = mapping.shows_corrections
    seen: dict[str, int] = {}
    with open_table(path, mapping) as table:
        make = row_maker(mapping, table.header)
        for lines in grouped(table.lines, mapping, table.header):
            count, first = len(lines), lines[0]
            report.rows += count
            known = None
            made = _made(first.fault) if first.fault is not None else make([line.cells for line in lines])
            if made.reason is None:
                content = hash(orjson.dumps(made.events))
                event_id = made.events[0]["id"]
                if (known := seen.get(event_id)) is None:
                    seen[event_id] = content
                elif known != content:
                    made = made._replace(events=[], reason=REPEATED)
            if made.reason is not None:
                report.skip(made.point, made.reason, first.number, count)
                continue
            for flag in made.flags:
                report.flags.setdefault(flag, Counter())[made.point] += count
            yield Unit(made, count, first.number, known is not None)
        report.notes += table.notes


def preview(path: Path, mapping: FileMapping, report: Report) -> Iterator[Event]:
    """The events of *path* without a look at what came before."""
    for unit in read_rows(path, mapping, report):
        report.count(unit.made.point, "duplicate" if unit.is_repeated else "new", unit.rows)
        report.events.update(event["type"] for event in unit.made.events)
        yield from unit.made.events


def _made(fault: str) -> Made:
    return Made(UNKNOWN_POINT, [], (), fault)
