"""A vendor's export file: each row is a payload like those of its webhook, and none is lost."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from infra.errors import ActionNeeded
from ingest.adapters.adapter import Installation, NotTranslated, adapter_of, translate
from ingest.adapters.payloads import payloads_of
from ingest.contracts import Contract, explain
from ingest.dead_letters.untranslated import record_of

_SEPARATORS = ";,\t"


@dataclass(slots=True)
class Report:
    """What became of the rows; *set_aside* counts by reason, each with the number of its first row."""

    rows: int = 0
    events: int = 0
    set_aside: Counter[str] = field(default_factory=Counter)
    first: dict[str, int] = field(default_factory=dict)

    def lines(self) -> Iterator[str]:
        yield f"{self.rows} rows read, {self.events} events, {self.set_aside.total()} rows set aside"
        for reason, count in self.set_aside.most_common():
            yield f"  set aside {count}: {reason} (first in row {self.first[reason]})"


def read_rows(path: Path) -> list[Any]:
    """The rows of a CSV file as texts by column, or the objects of a JSON file or of one with an object a line."""
    content = path.read_bytes()
    if path.suffix in (".json", ".ndjson", ".jsonl"):
        return payloads_of(content)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("iso-8859-1")
    header = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(_SEPARATORS, key=header.count))
    try:
        rows = list(reader)
    except csv.Error as error:
        raise ActionNeeded(f"{path.name}, line {reader.line_num}: {error}: is it a CSV file?") from error
    return [{name: cell for name, cell in row.items() if isinstance(name, str) and cell is not None} for row in rows]


def records(
    rows: list[Any], installation: Installation, contracts: dict[str, Contract], report: Report
) -> Iterator[bytes]:
    """The events of the rows, and for a row that has none the record that keeps it."""
    for row in rows:
        report.rows += 1
        try:
            events = _events(row, installation, contracts)
        except NotTranslated as problem:
            report.set_aside[str(problem)] += 1
            report.first.setdefault(str(problem), report.rows)
            yield orjson.dumps(_kept(row, problem, installation))
            continue
        report.events += len(events)
        yield from map(orjson.dumps, events)


def _events(row: Any, installation: Installation, contracts: dict[str, Contract]) -> list[dict[str, Any]]:
    events = translate(row, installation)
    for event in events:
        contract = contracts[event["type"]]
        if not contract.validator.is_valid(event):
            raise NotTranslated(explain(contract, event), event["source"], event.get("subject"))
    return events


def _kept(row: Any, problem: NotTranslated, installation: Installation) -> dict[str, Any]:
    adapter = adapter_of(installation.adapter)
    source = problem.source or installation.source
    record = record_of(
        installation.name, adapter.family, source, problem.subject, adapter.without_person(row), str(problem),
        datetime.now(UTC),
    )  # fmt: skip
    del record["receivedtime"]  # a file says nothing of it: the broker's time counts, as for its events
    return record
