"""Turn the metric values of a month into candidates for its release."""

from datetime import datetime
from typing import TYPE_CHECKING

import click
import sqlalchemy

from infra import database
from infra.errors import ActionNeeded
from infra.months import Month, month_arguments, parse_cutoff, parse_month
from infra.settings import Settings, read_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from kpi.changes import Numbers, Record
    from kpi.equality_gaps import Sides
    from kpi.metric_catalogue import Metric
    from kpi.opening_days import Cell, CellKey


@click.command(epilog="Example: pulssi estimate 2026-10 --status final")
@month_arguments
def estimate(month: str, status: str, cutoff: str | None) -> None:
    """Add intervals, statuses and completeness to the metrics of a month."""
    settings = read_settings()
    parsed_month = parse_month(month)
    instant = parse_cutoff(cutoff, parsed_month, status, settings.deployment.time_zone)
    estimates = estimate_month(settings, parsed_month, instant, status)
    with_interval = int(estimates["interval_method"].notna().sum())
    missing = int(estimates["value"].isna().sum())
    click.echo(
        f"{month}: {len(estimates)} estimates, {with_interval} with an interval,"
        f" {missing} missing with their reason; gates: {estimates['gate_verdict'].iloc[0]}"
    )


def estimate_month(settings: Settings, month: Month, cutoff: datetime, status: str) -> "pd.DataFrame":
    """Replace the estimates of *month*; ActionNeeded unless its gates passed for this very *cutoff*."""
    from kpi import estimate_tables, gate_verdicts, opening_days
    from kpi.metric_catalogue import read_versions

    with database.begin(settings) as connection:
        connection.execute(sqlalchemy.text("select pg_advisory_xact_lock(hashtext('publish.estimate'))"))
        verdicts = gate_verdicts.passed(connection, month, cutoff, ("landing", "marts", "metrics"))
        reference_digest = gate_verdicts.latest_build(connection, month, cutoff, "metrics").reference_digest
        versions = read_versions(settings)
        periods = (month.first_day, month.previous.first_day, month.a_year_before.first_day)
        values = estimate_tables.read_values(connection, periods, opening_days.LEVEL_COLUMNS)
        keys = zip(values["metric_id"], values["metric_version"], strict=True)
        unknown = sorted(set(keys) - versions.keys())
        if unknown or not (values["period"] == month.first_day).any():
            missing = "{} (version {}) is not in dbt's manifest".format(*unknown[0]) if unknown else ""
            what = f"metric {missing}" if unknown else f"{month} has no metric values"
            raise ActionNeeded(f"{what}: run pulssi build {month} --stage metrics")
        tables = _tables(connection, month, values, versions, status, gate_verdicts.worst(verdicts.values()))
        estimate_tables.replace(connection, month, cutoff, tables, reference_digest)
    return tables["estimate"]


def _tables(
    connection: sqlalchemy.Connection,
    month: Month,
    values: "pd.DataFrame",
    versions: "dict[tuple[str, int], Metric]",
    status: str,
    gate_verdict: str,
) -> "dict[str, pd.DataFrame]":
    """What is written, by the name of its table in publish."""
    from kpi import changes, equality_gaps, estimate_tables, funnels, observations, opening_days, small_points, targets
    from kpi.metric_catalogue import in_force

    metrics = in_force(versions.values(), month.first_day)
    clustered = sorted({metric.metric_id for metric in versions.values() if metric.interval == "opening_days"})
    components = opening_days.read_components(connection, clustered, sorted(set(values["period"])))
    by_day = dict(opening_days.cells(components))
    completeness = estimate_tables.read_completeness(connection)
    observed = observations.observed(values, by_day, completeness, versions, status, gate_verdict)
    is_published = observed["period"] >= month.previous.first_day
    numbers = _numbers(connection, observed, by_day, metrics)
    size_classes = estimate_tables.read_size_classes(connection, month)
    parts = _parts(connection, metrics, month)
    smoothed = small_points.shrunk_rows(numbers, size_classes, metrics, month.first_day)
    smoothed += _pooled_rows(connection, month, numbers, metrics)
    targeted = estimate_tables.read_targets(connection, month)
    return {
        "estimate": observed[is_published].drop(columns=observations.BASES),
        "change_estimate": changes.changes(numbers, metrics, month),
        "smoothed_estimate": small_points.table(smoothed),
        "funnel_estimate": funnels.funnel(numbers, size_classes, metrics, month.first_day),
        "equality_gap_estimate": equality_gaps.gaps(numbers, parts, metrics, month.first_day),
        "target_estimate": targets.judged(observed, targeted, metrics, month.first_day),
    }


def _numbers(
    connection: sqlalchemy.Connection,
    observed: "pd.DataFrame",
    by_day: "Mapping[CellKey, Cell]",
    metrics: "dict[str, Metric]",
) -> "Numbers":
    """The estimates with what decides whether two of them are comparable, and with what they could have counted."""
    from kpi import changes, counted_periods, exposures, scales

    months = sorted(set(observed["period"]))
    expected = exposures.with_expected(observed, exposures.read_places(connection, months), metrics)
    longer = counted_periods.read_longer_counts(connection, months)
    return changes.numbers_of(expected, by_day, scales.read_scales(connection, months), longer)


def _parts(connection: sqlalchemy.Connection, metrics: "dict[str, Metric]", month: Month) -> "dict[str, Sides]":
    """The customers of a language, and those with and without an appointment, each beside all others."""
    from kpi import equality_gaps, opening_days

    found = {}
    for breakdown in equality_gaps.BREAKDOWNS:
        metric_ids = equality_gaps.compared_by(breakdown, metrics)
        components = opening_days.read_parts(connection, breakdown, metric_ids, month.first_day)
        found[breakdown] = equality_gaps.by_part(components, metrics)
    return found


def _pooled_rows(
    connection: sqlalchemy.Connection, month: Month, numbers: "Numbers", metrics: "dict[str, Metric]"
) -> "list[Record]":
    """The small numbers of *month* pooled over as many months as the warehouse has."""
    from kpi import estimate_tables, opening_days, small_points

    small = small_points.small_rows(numbers, month.first_day)
    if not small:
        return []
    months = small_points.window(month.first_day)
    points = sorted({row["level_id"] for row in small})
    clustered = {row["metric_id"] for row in small if metrics[row["metric_id"]].interval == "opening_days"}
    values = estimate_tables.read_values(connection, months, ["service_point"], points)
    components = opening_days.read_components(connection, sorted(clustered), months, points)
    return small_points.pooled_rows(small, small_points.by_month(values, components), metrics)
