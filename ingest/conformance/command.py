"""pulssi conform: judge recorded events before an installation goes live."""

from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
import orjson

from infra.errors import ActionNeeded
from infra.settings import read_settings
from ingest.adapters.installations import read_installations
from ingest.conformance.pages import as_html, as_text
from ingest.conformance.recording import read
from ingest.conformance.report import conform as judge
from ingest.conformance.vendor_payloads import translated
from ingest.contracts import read_contracts

_COLOURS = {"pass": {"fg": "green", "bold": True}, "fail": {"fg": "red", "bold": True}, "advice": {"fg": "yellow"}}


@click.command(epilog="Example: pulssi conform recorded.ndjson   or: curl ... | pulssi conform - --format json")
@click.argument("file", type=click.File("rb"))
@click.option("--format", "form", type=click.Choice(["text", "json", "html"]), default="text", show_default=True)
@click.option(
    "--output", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="a file instead of the terminal"
)
@click.option("--time-zone", help="the zone of the clocks, when it is another one than the deployment's")
@click.option("--installation", help="FILE holds payloads in the vendor's own format, for this installation's adapter")
def conform(file: BinaryIO, form: str, output: Path | None, time_zone: str | None, installation: str | None) -> None:
    """Judge the recorded events in FILE (- for standard input): a JSON array, or one event a line.

    Nothing is sent, no service is needed. Exits with 1 unless every family passes.
    """
    deployment = read_settings().deployment
    try:
        zone = ZoneInfo(time_zone) if time_zone else deployment.time_zone
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ActionNeeded(f"--time-zone is {time_zone!r}: give an IANA name such as Europe/Helsinki") from error
    items = read(file.read())
    if installation:
        known = read_installations(deployment)
        if installation not in known:
            raise ActionNeeded(f"--installation is {installation!r}: give one of {', '.join(known)}")
        items = translated(items, known[installation])
    report = judge(items, read_contracts(), zone, datetime.now(UTC))
    if form == "json":
        told = orjson.dumps(report.as_dict(), option=orjson.OPT_INDENT_2).decode()
    elif form == "html":
        told = as_html(report)
    else:
        told = as_text(report, _plain if output else _styled)
    if output:
        output.write_text(told + "\n", encoding="utf-8")
    else:
        click.echo(told)
    if not report.passes:
        raise SystemExit(1)


def _styled(text: str, kind: str) -> str:
    return click.style(text, dim=True) if kind == "quiet" else click.style(text, **_COLOURS[kind])  # type: ignore[arg-type]


def _plain(text: str, _: str) -> str:
    return text
