"""Write the monthly reports from a release alone: HTML and accessible PDF of each point, and a page on equality."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from infra import database
from infra.errors import ActionNeeded
from infra.months import parse_month
from infra.settings import read_settings
from kpi.published import Release, ServicePointLabel, read_release
from kpi.report_equality import equality_content
from kpi.report_layout import html, pdf
from kpi.report_metrics import point_name
from kpi.report_numbers import Reading, is_shown, read_for
from kpi.report_page import report_content
from kpi.texts import Texts, read_texts

# Å, ä and ö are the last letters of the Finnish and the Swedish alphabet, in this order.
ALPHABET = str.maketrans({"å": "{", "ä": "|", "ö": "}"})


@click.command(epilog="Example: pulssi report 2026-10 --service-point oulu")
@click.argument("month")
@click.option(
    "--service-point", "service_points", multiple=True, help="only this point; may be repeated (default: all)"
)
@click.option("--vintage", type=int, help="an earlier vintage of the month (default: the latest)")
@click.option("--language", default="fi", show_default=True, help="language of the report")
def report(month: str, service_points: tuple[str, ...], vintage: int | None, language: str) -> None:
    """Write the monthly report of each service point as HTML and PDF, and the national page on equality."""
    settings = read_settings()
    texts = read_texts(language)
    with database.connect(settings) as connection:
        release = read_release(connection, parse_month(month), vintage)
    points = chosen_points(release, service_points)
    folder = settings.output / "reports" / release.release_id
    for number, file in enumerate(
        write_reports(release, points, texts, settings.deployment.time_zone, folder), start=1
    ):
        click.echo(f"{number}/{len(points)} {file}")
    click.echo(f"{write_equality(release, texts, settings.deployment.time_zone, folder)}")
    click.echo(f"{write_index(release, texts, folder)}")


def chosen_points(release: Release, wanted: tuple[str, ...]) -> list[ServicePointLabel]:
    """The named points of the release, or all; raise ActionNeeded for one it does not have."""
    unknown = sorted(set(wanted) - set(release.service_points))
    if unknown:
        known = ", ".join(sorted(release.service_points))
        raise ActionNeeded(f"release {release.release_id} has no service point {unknown[0]!r}: give one of {known}")
    return [point for code, point in sorted(release.service_points.items()) if not wanted or code in wanted]


def write_reports(
    release: Release, points: list[ServicePointLabel], texts: Texts, time_zone: ZoneInfo, folder: Path
) -> Iterator[Path]:
    """Write the two files of each point and give the HTML file's path. The same release gives the same bytes."""
    for point in points:
        content = report_content(release, point, texts, time_zone)
        place = folder / point.service_point_id
        place.mkdir(parents=True, exist_ok=True)
        file = place / f"report.{texts.locale.language}.html"
        _write(file.with_suffix(".pdf"), pdf(content, texts, release.cutoff))
        _write(file, html("report.html.j2", texts, report=content).encode())
        yield file


def write_equality(release: Release, texts: Texts, time_zone: ZoneInfo, folder: Path) -> Path:
    """The national page on the differences between groups of customers."""
    file = folder / _equality_name(texts)
    _write(file, html("report.html.j2", texts, report=equality_content(release, texts, time_zone)).encode())
    return file


def _equality_name(texts: Texts) -> str:
    return f"equality.{texts.locale.language}.html"


@dataclass(frozen=True, slots=True)
class IndexRow:
    name: str
    region: str
    size_class: str
    number_count: int
    files: str


def write_index(release: Release, texts: Texts, folder: Path) -> Path:
    """A list of the reports that are in *folder*, by the name of the point and by nothing else."""
    points = (point for code, point in release.service_points.items() if _file(folder, code, texts).exists())
    rows = [_index_row(read_for(release, point, texts)) for point in points]
    rows.sort(key=lambda row: row.name.casefold().translate(ALPHABET))
    file = folder / ("index.html" if texts.locale.language == "fi" else f"index.{texts.locale.language}.html")
    _write(
        file,
        html(
            "index.html.j2",
            texts,
            rows=rows,
            month=texts.month(release.month.first_day),
            release=release,
            equality=_equality_name(texts),
        ).encode(),
    )
    return file


def _index_row(reading: Reading) -> IndexRow:
    point, texts = reading.point, reading.texts
    numbers = [metric for metric in reading.metrics("agreed") if any(map(is_shown, reading.own(metric).values()))]
    return IndexRow(
        name=point_name(reading),
        region=reading.region,
        size_class=reading.size_class,
        number_count=len(numbers),
        files=f"{point.service_point_id}/report.{texts.locale.language}",
    )


def _file(folder: Path, service_point_id: str, texts: Texts) -> Path:
    return folder / service_point_id / f"report.{texts.locale.language}.html"


def _write(file: Path, content: bytes) -> None:
    """Write beside and rename: a reader never meets half a report."""
    beside = file.with_name(f".{file.name}.part")
    beside.write_bytes(content)
    beside.replace(file)
