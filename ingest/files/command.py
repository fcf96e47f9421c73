"""Brings in files: each row becomes events, as a mapping file says."""

import time
from pathlib import Path

import click
import orjson

from infra.settings import read_settings
from ingest.contracts import read_contracts
from ingest.files.mapping_checks import read_mapping
from ingest.files.reading import preview
from ingest.files.report import Report, table


@click.group(epilog="Example: pulssi ingest file answers.csv --mapping ingest/mappings/sfo_customer_survey_2016.yml")
def ingest() -> None:
    """Bring in files."""


@ingest.command(
    epilog="Example: pulssi ingest file answers.csv.gz --mapping ingest/mappings/sfo_customer_survey_2016.yml"
)
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--mapping", "mapping_path", required=True, type=click.Path(path_type=Path), help="which column is what")
@click.option("--dry-run", is_flag=True, help="print the events instead of sending them to Kafka")
@click.option("--report", "report_path", type=click.Path(dir_okay=False, path_type=Path), help="keep the report here")
def file(path: Path, mapping_path: Path, dry_run: bool, report_path: Path | None) -> None:
    """Send the rows of a CSV, Excel or JSON Lines file (also .gz) to Kafka as events.

    The same file twice counts nothing twice. A row that came before with other content becomes a correction.
    """
    mapping = read_mapping(mapping_path, read_contracts())
    report, started = Report(), time.monotonic()
    if dry_run:
        for event in preview(path, mapping, report):
            click.echo(orjson.dumps(event))
    else:
        from ingest.files.delivery import deliver

        deliver(read_settings(), path, mapping, report)
    report.seconds = time.monotonic() - started
    for line in report.lines("made" if dry_run else "sent"):
        click.echo(line, err=dry_run)
    if report_path is not None:
        report_path.write_bytes(orjson.dumps(report.as_json(), option=orjson.OPT_INDENT_2))
        click.echo(f"report: {report_path}", err=dry_run)


@ingest.command(epilog="Example: pulssi ingest counts warsaw.report.json")
@click.argument("report", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def counts(report: Path) -> None:
    """Show a report's count table: what became of the rows of each service point, and what was odd about them."""
    for line in table(orjson.loads(report.read_bytes())):
        click.echo(line)
