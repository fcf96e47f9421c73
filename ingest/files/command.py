"""Brings in files: each row becomes events, as a mapping file says."""

import time
from datetime import date
from pathlib import Path

import click
import orjson

from infra.errors import ActionNeeded
from infra.settings import read_settings
from ingest.contracts import read_contracts
from ingest.files.mapping_checks import read_mapping
from ingest.files.reading import preview
from ingest.files.report import Report, read_report, table
from ingest.names import shown_file_name


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


@ingest.command(epilog="Example: pulssi ingest folder /srv/pulssi/files --follow")
@click.argument("path", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--follow/--once", default=False, help="keep looking for new files instead of stopping after one look")
@click.option(
    "--seconds",
    type=click.FloatRange(0, 86_400),
    default=5.0,
    show_default=True,
    help="a file that has not changed for so long is whole",
)
def folder(path: Path, follow: bool, seconds: float) -> None:
    """Bring in the files in the subfolders of PATH, each subfolder with its own mapping.

    A file goes to done or failed in its subfolder, with a report beside it. One that is still being written waits.
    """
    from ingest.files import folder as watched

    settings, contracts = read_settings(), read_contracts()
    before = watched.look(path)
    if follow:
        handled = watched.follow(settings, path, contracts, seconds)
    else:
        time.sleep(seconds if before else 0)
        handled = watched.handle(settings, path, before, contracts)
    failed = 0
    for each in handled:
        failed += not each.is_done
        place = each.path.parent.relative_to(path) / shown_file_name(each.path.name)
        click.echo(f"{place}: {next(each.report.lines())}")
    beside = sum(each.is_file() and not each.name.startswith(".") for each in path.iterdir())
    if beside:
        click.echo(f"{beside} files lie beside the subfolders and are not read: put each into that of its mapping")
    waiting = len(watched.look(path))
    if waiting:
        click.echo(f"{waiting} files wait: still being written, or empty; look again later")
    if failed:
        raise SystemExit(1)


@ingest.command(epilog="Example: pulssi ingest template --language sv --output blankett.xlsx")
@click.option("--language", type=click.Choice(["fi", "sv", "en"]), required=True, help="of those who key the forms in")
@click.option("--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="the workbook to write")
def template(language: str, output: Path) -> None:
    """Write an Excel workbook for keyed paper forms, with drop-down lists, and beside it the mapping that reads it."""
    import yaml

    from ingest.files.form_template import form_of, mapping_of, write_workbook
    from ingest.reference.files import read_reference

    settings = read_settings()
    form = form_of(read_reference([settings.deployment.folder]), language, date.today())
    if output.suffix != ".xlsx":
        raise ActionNeeded(f"--output is {output.name!r}: give a name that ends with .xlsx")
    write_workbook(form, output)
    mapping = mapping_of(form, settings.deployment.time_zone.key)
    heading = f"# Reads {output.name} back. Beside files that are dropped into a folder its name is mapping.yml.\n"
    text = heading + yaml.safe_dump(mapping, allow_unicode=True, sort_keys=False, width=120)
    output.with_suffix(".yml").write_text(text, encoding="utf-8")
    click.echo(f"{output}: {len(form.questions)} questions, {len(form.points.codes)} service points")
    click.echo(f"{output.with_suffix('.yml')}: the mapping that reads it")


@ingest.command(epilog="Example: pulssi ingest counts warsaw.report.json")
@click.argument("report", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def counts(report: Path) -> None:
    """Show a report's count table: what became of the rows of each service point, and what was odd about them."""
    for line in table(read_report(report)):
        click.echo(line)
