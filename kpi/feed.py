"""Write the metric feed of each agency: its own rows and the public totals of a release, as files."""

import csv
import io
import json
import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC
from pathlib import Path
from typing import Any

import click

from infra import database
from infra.errors import ActionNeeded
from infra.months import parse_month
from infra.settings import read_settings
from kpi import feed_dictionary
from kpi.published import Observation, Release, read_release
from kpi.released_statistics import Change

# Advice about the matters of several agencies, or of none, is nobody's own: it has no feed.
CLASSES_OF_AGENCIES = {"several", "none"}
# What everybody may see. Points are not: where one agency alone is present, the total of the point is its own.
PUBLIC_LEVELS = ("national", "region", "size_class")
# SDMX CL_CONF_STATUS: only free observations leave.
FREE = "F"
NO_AGENCY = "not_attributable"

# A field reaches a feed only by being named here; codelists.yml says what each column means.
COLUMNS = {
    "RELEASE": "release_id",
    "RELEASE_STATUS": "release_status",
    "FREQ": "frequency",
    "TIME_PERIOD": "month",
    "INDICATOR": "metric_id",
    "INDICATOR_VERSION": "metric_version",
    "AREA_LEVEL": "level",
    "REF_AREA": "level_id",
    "COLLECTION_MODE": "collection_mode",
    "UNIT_MEASURE": "unit",
    "DECIMALS": "decimals",
    "OBS_VALUE": "value",
    "LOWER_BOUND": "lower_bound",
    "UPPER_BOUND": "upper_bound",
    "INTERVAL_METHOD": "interval_method",
    "OBS_COUNT": "observation_count",
    "NUMERATOR": "numerator",
    "DENOMINATOR": "denominator",
    "OPENING_DAYS": "cluster_count",
    "OBS_STATUS": "observation_status",
    "CONF_STATUS": "confidentiality_status",
    "STATUS_REASON": "status_reason",
    "COMPLETENESS_TIME": "completeness_minutes_share",
    "COMPLETENESS_SOURCES": "completeness_sources_share",
    "GATE_VERDICT": "gate_verdict",
}
# The same of what has changed: one row per number of the month and comparison.
CHANGE_COLUMNS = {
    "RELEASE": "release_id",
    "RELEASE_STATUS": "release_status",
    "TIME_PERIOD": "month",
    "INDICATOR": "metric_id",
    "INDICATOR_VERSION": "metric_version",
    "AREA_LEVEL": "level",
    "REF_AREA": "level_id",
    "COLLECTION_MODE": "collection_mode",
    "UNIT_MEASURE": "unit",
    "DECIMALS": "decimals",
    "COMPARISON": "comparison",
    "COMPARED_PERIOD": "compared_month",
    "OBS_VALUE": "value",
    "COMPARED_VALUE": "compared_value",
    "DIFFERENCE": "difference",
    "DIFFERENCE_LOWER": "lower_bound",
    "DIFFERENCE_UPPER": "upper_bound",
    "Q_VALUE": "q_value",
    "SMALLEST_VISIBLE": "smallest_detectable_change",
    "TEST": "test",
    "VERDICT": "verdict",
    "VERDICT_REASON": "reason",
}


@click.command(epilog="Example: pulssi feed 2026-10 --vintage 1")
@click.argument("month")
@click.option("--vintage", type=int, help="an older release of the month (default: the latest)")
def feed(month: str, vintage: int | None) -> None:
    """Write the metric feed of each agency, with its data dictionary."""
    settings = read_settings()
    with database.connect(settings) as connection:
        release = read_release(connection, parse_month(month), vintage)
    folder = settings.output / "feed" / release.release_id
    for agency_code in agencies(release):
        write_in_place(folder / agency_code, files(release, agency_code))
    click.echo(f"release {release.release_id}: feeds of {len(agencies(release))} agencies in {folder}")


def agencies(release: Release) -> list[str]:
    """Agencies with rows of their own or present at a point; one that ended before the month gets no feed."""
    with_rows = {row.level_id for row in release.observations if row.level == "agency"}
    present = {code for point in release.service_points.values() for code in point.agency_codes}
    return sorted((with_rows | present) - {NO_AGENCY, *CLASSES_OF_AGENCIES})


def files(release: Release, agency_code: str) -> dict[str, bytes]:
    """The files of one agency by name; the same release always gives the same bytes."""
    rows = [_row(release, observation) for observation in visible_to(release, agency_code)]
    if not rows:
        raise ActionNeeded(f"{release.release_id} has nothing that {agency_code} may see: look at pulssi gate release")
    changes = [_row_of_change(release, change) for change in changes_visible_to(release, agency_code)]
    columns = list(dict.fromkeys((*COLUMNS, *(CHANGE_COLUMNS if changes else ()))))
    dictionary = feed_dictionary.dictionary(release, agency_code, columns)
    head = {
        "release": release.release_id,
        "status": release.status,
        "cutoff": release.cutoff.astimezone(UTC).isoformat(),
        "content_hash": release.content_hash,
        "agency": agency_code,
    }
    return {
        "observations.json": as_json({**head, "observations": rows}),
        "observations.csv": as_csv(rows),
        **({"changes.json": as_json({**head, "changes": changes}), "changes.csv": as_csv(changes)} if changes else {}),
        "dictionary.json": as_json({**head, **dictionary}),
        "dictionary.csv": as_csv(feed_dictionary.flat(dictionary)),
    }


def visible_to(release: Release, agency_code: str) -> list[Observation]:
    """The agency's own rows and the public totals; nothing that is not free."""
    return [
        row
        for row in release.observations
        if row.confidentiality_status == FREE
        and (row.level in PUBLIC_LEVELS or (row.level, row.level_id) == ("agency", agency_code))
    ]


def changes_visible_to(release: Release, agency_code: str) -> list[Change]:
    """The changes of the numbers that the agency sees; none of a release that was made before they had names."""
    if not CHANGE_COLUMNS.keys() <= release.codes["feed_column"].keys():
        return []
    seen = {(row.metric_id, row.metric_version, row.period, *_place(row)) for row in visible_to(release, agency_code)}
    return [row for row in release.changes if (row.metric_id, row.metric_version, row.period, *_place(row)) in seen]


def _place(row: Observation | Change) -> tuple[str, str, str]:
    return row.level, row.level_id, row.collection_mode


def _row_of_change(release: Release, change: Change) -> dict[str, Any]:
    fields = _of_release(release, change) | asdict(change) | {"compared_month": f"{change.compared_period:%Y-%m}"}
    return {column: fields[field] for column, field in CHANGE_COLUMNS.items()}


def _row(release: Release, observation: Observation) -> dict[str, Any]:
    fields = asdict(observation) | _of_release(release, observation) | {"frequency": "M"}
    return {column: fields[field] for column, field in COLUMNS.items()}


def _of_release(release: Release, row: Observation | Change) -> dict[str, Any]:
    metric = release.metrics[row.metric_id]
    return {
        "release_id": release.release_id,
        "release_status": release.status,
        "month": f"{row.period:%Y-%m}",
        "unit": metric.unit,
        "decimals": metric.decimals,
    }


def as_json(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def as_csv(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Comma-separated UTF-8 with a header; missing is empty."""
    records = list(rows)
    text = io.StringIO()
    writer = csv.DictWriter(text, list(records[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    return text.getvalue().encode()


def write_in_place(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write *contents* beside *folder* and rename, so that no reader meets half a feed."""
    if folder.is_dir() and {file.name: file.read_bytes() for file in folder.iterdir()} == contents:
        return
    beside, old = (folder.with_name(f".{folder.name}.{os.getpid()}.{what}") for what in ("new", "old"))
    beside.mkdir(parents=True)
    for name, content in contents.items():
        (beside / name).write_bytes(content)
    if folder.exists():
        folder.rename(old)
    beside.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
