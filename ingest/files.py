"""Brings in files: each row becomes an event, as a mapping file says."""

import csv
import gzip
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import click
import orjson

from infra.errors import ActionNeeded
from infra.settings import read_settings
from ingest.contracts import read_contracts
from ingest.mapped_rows import RowSkipped, to_event
from ingest.mapping import Mapping, read_mapping
from ingest.produce import send


@click.group(epilog="Example: pulssi ingest file answers.csv --mapping ingest/mappings/sfo_customer_survey_2016.yml")
def ingest() -> None:
    """Bring in files."""


@ingest.command(
    epilog="Example: pulssi ingest file answers.csv.gz --mapping ingest/mappings/sfo_customer_survey_2016.yml"
)
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--mapping", "mapping_path", required=True, type=click.Path(path_type=Path), help="which column is what")
@click.option("--dry-run", is_flag=True, help="print the events instead of sending them to Kafka")
def file(path: Path, mapping_path: Path, dry_run: bool) -> None:
    """Send each row of a CSV file (also .gz) to Kafka as an event. The same file twice counts nothing twice."""
    mapping = read_mapping(mapping_path, read_contracts())
    outcome = Outcome()
    events = read_events(path, mapping, outcome)
    if dry_run:
        for event in events:
            click.echo(event)
    else:
        settings = read_settings()
        if mapping.received_time and not settings.deployment.trusts_received_time:
            raise ActionNeeded(
                f"{mapping_path.name}: received_time is given, but deployment {settings.deployment.name} does not "
                "trust it: leave it out, or set trusts_received_time in deployment.yml"
            )
        send(settings, events)
    for line in outcome.lines(dry_run):
        click.echo(line, err=dry_run)


@dataclass(slots=True)
class Outcome:
    """Counts what became of the rows while they are read; *skipped* has, by reason, how many and the first line."""

    rows: int = 0
    events: int = 0
    skipped: dict[str, tuple[int, int]] = field(default_factory=dict)

    def lines(self, dry_run: bool) -> Iterator[str]:
        skipped = self.rows - self.events
        yield f"{self.rows} rows read, {self.events} events {'made' if dry_run else 'sent'}, {skipped} rows skipped"
        for reason, (count, line) in sorted(self.skipped.items(), key=lambda item: -item[1][0]):
            yield f"  skipped {count}: {reason} (first in line {line})"


def read_events(path: Path, mapping: Mapping, outcome: Outcome) -> Iterator[bytes]:
    """The events of *path* as JSON; rows without one are counted in *outcome*. ActionNeeded if it is another file."""
    try:
        with _open(path, mapping) as lines:
            reader = csv.reader(lines, delimiter=mapping.separator)
            header = next(reader, [])
            _check_header(header, path, mapping)
            for cells in reader:
                if not any(cells):
                    continue
                outcome.rows += 1
                try:
                    event = to_event(_row(header, cells), mapping)
                except RowSkipped as skipped:
                    count, first = outcome.skipped.get(str(skipped), (0, reader.line_num))
                    outcome.skipped[str(skipped)] = (count + 1, first)
                    continue
                outcome.events += 1
                yield orjson.dumps(event)
    except UnicodeDecodeError as error:
        raise ActionNeeded(f"{path.name} is not {mapping.encoding}: set encoding in the mapping") from error
    except csv.Error as error:
        raise ActionNeeded(f"{path.name}, line {reader.line_num}: {error}: is it a CSV file?") from error
    except (gzip.BadGzipFile, EOFError) as error:
        raise ActionNeeded(f"{path.name} is not a whole gzip file: fetch it again") from error


def _row(header: list[str], cells: list[str]) -> dict[str, str]:
    if len(cells) != len(header):
        raise RowSkipped(f"{len(cells)} cells, the header has {len(header)}")
    return dict(zip(header, (cell.strip() for cell in cells), strict=True))


def _open(path: Path, mapping: Mapping) -> IO[str]:
    # A byte order mark is not part of the first column's name.
    encoding = "utf-8-sig" if mapping.encoding.lower().replace("_", "-") in ("utf-8", "utf8") else mapping.encoding
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding=encoding, newline="")
    return path.open(encoding=encoding, newline="")


def _check_header(header: list[str], path: Path, mapping: Mapping) -> None:
    missing = [name for name in mapping.columns if name not in header]
    if missing:
        raise ActionNeeded(
            f"{path.name} has no column {', '.join(map(repr, missing))}: its header is {header}: "
            "correct the mapping (is the separator right?)"
        )
    repeated = sorted({name for name in mapping.columns if header.count(name) > 1})
    if repeated:
        raise ActionNeeded(f"{path.name} has column {repeated[0]!r} more than once: rename one of them")
