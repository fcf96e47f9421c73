"""Freeze the estimates of a month as a numbered release that never changes."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click
import sqlalchemy

from infra import database
from infra.errors import ActionNeeded
from infra.months import Month, month_arguments, parse_cutoff, parse_month
from infra.settings import Settings, read_settings

if TYPE_CHECKING:
    from kpi.metric_catalogue import Metric

GATES = ("landing", "marts", "metrics", "release")
# The one place where published numbers are rounded; how many decimals are shown is a matter of the metric.
DECIMALS = 6
# What is frozen beside the observations: each has its candidates in a table of the same name with _estimate.
STATISTICS = ("change", "smoothed", "funnel", "equality_gap", "target")
OF_RELEASE = ("month", "cutoff")
STATUS_OF_OBSERVATIONS = {"A": "final", "P": "provisional"}
Row = Mapping[str, Any]


@click.command(epilog="Example: pulssi release 2026-10 --status final")
@month_arguments
def release(month: str, status: str, cutoff: str | None) -> None:
    """Freeze the estimates of a month as a numbered release."""
    settings = read_settings()
    parsed_month = parse_month(month)
    instant = parse_cutoff(cutoff, parsed_month, status, settings.deployment.time_zone)
    release_id, is_new = release_month(settings, parsed_month, instant, status)
    click.echo(f"release {release_id}: {'made' if is_new else 'unchanged, the same content was released before'}")


def release_month(settings: Settings, month: Month, cutoff: datetime, status: str) -> tuple[str, bool]:
    """(release_id, whether it is new); ActionNeeded unless all gates passed what is there for this very *cutoff*."""
    from kpi import gate_verdicts, release_labels
    from kpi.metric_catalogue import read_catalogue

    with database.begin(settings) as connection:
        # Two releases at once would both see the same latest vintage.
        connection.execute(sqlalchemy.text("lock table publish.release in share row exclusive mode"))
        verdicts = gate_verdicts.passed(connection, month, cutoff, GATES)
        digest = gate_verdicts.latest_build(connection, month, cutoff, "estimate").reference_digest
        catalogue = read_catalogue(settings, month.first_day)
        rows = _unrestricted(_read_estimates(connection, month, cutoff, status), catalogue)
        statistics = {
            table: _unrestricted(found, catalogue) for table, found in _read_statistics(connection, month).items()
        }
        content = content_hash(status, digest, rows, statistics)
        latest = _latest(connection, month)
        if latest is not None and latest.content_hash == content:
            release_id, is_new = latest.release_id, False
        else:
            head = _next_head(month, latest, status) | {
                "cutoff": cutoff,
                "content_hash": content,
                "reference_digest": digest,
                "gate_verdicts": json.dumps(verdicts),
            }
            published = [catalogue[metric_id] for metric_id in sorted({row["metric_id"] for row in rows})]
            _freeze(connection, head, rows, statistics, release_labels.labels(connection, month, published))
            release_id, is_new = head["release_id"], True
    return release_id, is_new


def _unrestricted(rows: list[dict[str, Any]], catalogue: Mapping[str, "Metric"]) -> list[dict[str, Any]]:
    """What a release may tell: a restricted metric stays in the warehouse."""
    return [row for row in rows if not catalogue[row["metric_id"]].restricted]


def content_hash(
    status: str, reference_digest: str, rows: Iterable[Row], statistics: Mapping[str, Iterable[Row]]
) -> str:
    """SHA-256 over the status, the reference digest and every column of the rounded observations but the verdict.

    And over the *statistics* that are frozen with them, by the name of their table.

    The status is covered: a final month says something else than a provisional one with the same numbers. The
    cutoff is not: a later cutoff before which nothing more came is no other content. Nor is the gates' verdict: it
    is about a run, and a warning of a later run about later deliveries changes no number.
    """
    contents = ({name: row[name] for name in row if name != "gate_verdict"} for row in rows)
    lines = sorted(json.dumps(content, default=_plain, sort_keys=True) for content in contents)
    for table in sorted(statistics):
        lines += sorted(table + json.dumps(dict(row), default=_plain, sort_keys=True) for row in statistics[table])
    return hashlib.sha256("\n".join([status, reference_digest, *lines]).encode()).hexdigest()


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return format(value.normalize() + 0, "f")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{value!r} in an observation")


def rounded(row: Row) -> dict[str, Any]:
    """The row as it is published."""
    return {name: round(value, DECIMALS) if isinstance(value, Decimal) else value for name, value in row.items()}


def _read_estimates(
    connection: sqlalchemy.Connection, month: Month, cutoff: datetime, status: str
) -> list[dict[str, Any]]:
    rows = connection.execute(
        sqlalchemy.text("select * from publish.estimate where month = :month"), {"month": month.first_day}
    ).mappings()
    estimates = [dict(row) for row in rows]
    command = f"run pulssi estimate {month} --status {status} --cutoff {cutoff.isoformat()}"
    if not estimates:
        raise ActionNeeded(f"{month} has no estimates: {command}")
    if {row["cutoff"] for row in estimates} != {cutoff}:
        raise ActionNeeded(f"the estimates of {month} have another cutoff: {command}")
    of_the_month = [row["observation_status"] for row in estimates if row["period"] == month.first_day]
    others = {STATUS_OF_OBSERVATIONS.get(code, status) for code in of_the_month} - {status}
    if others:
        raise ActionNeeded(f"the estimates of {month} are {others.pop()}, not {status}: {command}")
    return [rounded({name: row[name] for name in row if name not in OF_RELEASE}) for row in estimates]


def _read_statistics(connection: sqlalchemy.Connection, month: Month) -> dict[str, list[dict[str, Any]]]:
    found = {}
    for table in STATISTICS:
        rows = connection.execute(
            sqlalchemy.text(f"select * from publish.{table}_estimate where month = :month"), {"month": month.first_day}
        ).mappings()
        found[table] = [rounded({name: row[name] for name in row if name not in OF_RELEASE}) for row in rows]
    return found


def _latest(connection: sqlalchemy.Connection, month: Month) -> sqlalchemy.Row[Any] | None:
    return connection.execute(
        sqlalchemy.text("select * from publish.release where month = :month order by vintage desc limit 1"),
        {"month": month.first_day},
    ).one_or_none()


def _next_head(month: Month, latest: sqlalchemy.Row[Any] | None, status: str) -> dict[str, Any]:
    if latest is not None and latest.status == "final" and status == "provisional":
        raise ActionNeeded(
            f"{latest.release_id} is final: a final month does not become provisional, release it as final"
        )
    vintage = 1 if latest is None else latest.vintage + 1
    return {"release_id": f"{month}.{vintage}", "month": month.first_day, "vintage": vintage, "status": status}


def _freeze(
    connection: sqlalchemy.Connection,
    head: dict[str, Any],
    rows: list[dict[str, Any]],
    statistics: Mapping[str, list[dict[str, Any]]],
    labels: Iterable[Any],
) -> None:
    release_id = {"release_id": head["release_id"]}
    _insert(connection, "publish.release", [head])
    _insert(connection, "publish.observation", [release_id | row for row in rows])
    for table, found in statistics.items():
        _insert(connection, f"publish.{table}", [release_id | row for row in found])
    _insert(connection, "publish.release_label", [release_id | label.as_row() for label in labels])


def _insert(connection: sqlalchemy.Connection, table: str, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    columns = list(rows[0])
    values = ", ".join(f":{column}" for column in columns)
    connection.execute(sqlalchemy.text(f"insert into {table} ({', '.join(columns)}) values ({values})"), rows)
