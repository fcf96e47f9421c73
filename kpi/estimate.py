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
    import pandas as pd

    from kpi.metric_catalogue import Metric


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
    from kpi import estimate_tables, gate_verdicts
    from kpi.metric_catalogue import read_catalogue

    with database.begin(settings) as connection:
        connection.execute(sqlalchemy.text("select pg_advisory_xact_lock(hashtext('publish.estimate'))"))
        verdicts = gate_verdicts.passed(connection, month, cutoff, ("landing", "marts", "metrics"))
        reference_digest = gate_verdicts.latest_build(connection, month, cutoff, "metrics").reference_digest
        metrics = read_catalogue(settings)
        values = estimate_tables.read_values(connection, month)
        unknown = sorted(set(values["metric_id"]) - metrics.keys())
        if unknown or not (values["period"] == month.first_day).any():
            what = f"metric {unknown[0]} is not in dbt's manifest" if unknown else f"{month} has no metric values"
            raise ActionNeeded(f"{what}: run pulssi build {month} --stage metrics")
        tables = _tables(connection, month, values, metrics, status, gate_verdicts.worst(verdicts.values()))
        estimate_tables.replace(connection, month, cutoff, tables, reference_digest)
    return tables["estimate"]


def _tables(
    connection: sqlalchemy.Connection,
    month: Month,
    values: "pd.DataFrame",
    metrics: "dict[str, Metric]",
    status: str,
    gate_verdict: str,
) -> "dict[str, pd.DataFrame]":
    """What is written, by the name of its table in publish."""
    from kpi import changes, estimate_tables, observations, opening_days

    clustered = [metric.metric_id for metric in metrics.values() if metric.interval == "opening_days"]
    components = opening_days.read_components(connection, clustered, sorted(set(values["period"])))
    by_day = dict(opening_days.cells(components))
    completeness = estimate_tables.read_completeness(connection)
    observed = observations.observed(values, by_day, completeness, metrics, status, gate_verdict)
    is_published = observed["period"] >= month.previous.first_day
    numbers = changes.numbers_of(observed, by_day, estimate_tables.read_scales(connection))
    return {
        "estimate": observed[is_published].drop(columns=observations.BASES),
        "change_estimate": changes.changes(numbers, metrics, month),
    }
