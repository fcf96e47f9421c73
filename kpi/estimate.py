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
    from kpi import gate_verdicts, observations, opening_days
    from kpi.metric_catalogue import read_catalogue

    with database.begin(settings) as connection:
        connection.execute(sqlalchemy.text("select pg_advisory_xact_lock(hashtext('publish.estimate'))"))
        verdicts = gate_verdicts.passed(connection, month, cutoff, ("landing", "marts", "metrics"))
        reference_digest = gate_verdicts.latest_build(connection, month, cutoff, "metrics").reference_digest
        metrics = read_catalogue(settings)
        values = _read_values(connection)
        unknown = sorted(set(values["metric_id"]) - metrics.keys())
        if unknown or not (values["period"] == month.first_day).any():
            what = f"metric {unknown[0]} is not in dbt's manifest" if unknown else f"{month} has no metric values"
            raise ActionNeeded(f"{what}: run pulssi build {month} --stage metrics")
        estimates = observations.observed(
            values,
            dict(opening_days.cells(_read_components(connection, metrics))),
            _read_completeness(connection),
            metrics,
            status,
            gate_verdicts.worst(verdicts.values()),
        )
        _replace(connection, month, cutoff, estimates, reference_digest)
    return estimates


def _read_values(connection: sqlalchemy.Connection) -> "pd.DataFrame":
    import pandas as pd

    statement = """
        select
            metric_id,
            metric_version,
            period,
            level,
            level_id,
            collection_mode,
            value::float8 as value,
            value_status,
            missing_reason,
            numerator::float8 as numerator,
            denominator::float8 as denominator,
            sum_of_squares::float8 as sum_of_squares,
            opening_day_count
        from warehouse.metric_values
        order by metric_id, metric_version, period, level, level_id, collection_mode
    """
    return pd.read_sql(sqlalchemy.text(statement), connection)


def _read_components(connection: sqlalchemy.Connection, metrics: "dict[str, Metric]") -> "pd.DataFrame":
    from kpi import opening_days

    clustered = [metric.metric_id for metric in metrics.values() if metric.interval == "opening_days"]
    return opening_days.read_components(connection, clustered)


def _read_completeness(connection: sqlalchemy.Connection) -> "pd.DataFrame":
    import pandas as pd

    statement = """
        select
            period,
            level,
            level_id,
            source_family,
            collection_mode,
            measured_minutes::float8 / nullif(opening_minutes, 0) as completeness_minutes_share,
            delivered_source_count::float8 / nullif(expected_source_count, 0) as completeness_sources_share
        from warehouse.completeness_values
    """
    return pd.read_sql(sqlalchemy.text(statement), connection)


def _replace(
    connection: sqlalchemy.Connection,
    month: Month,
    cutoff: datetime,
    estimates: "pd.DataFrame",
    reference_digest: str,
) -> None:
    """Write the estimates, and that they were made: the release gate has to judge these and no older ones."""
    of_month = {"month": month.first_day, "cutoff": cutoff}
    connection.execute(sqlalchemy.text("delete from publish.estimate where month = :month"), of_month)
    estimates.assign(**of_month).to_sql(
        "estimate", connection, schema="publish", if_exists="append", index=False, chunksize=5000
    )
    connection.execute(
        sqlalchemy.text(
            "insert into ops.build (month, cutoff, stage, reference_digest)"
            " values (:month, :cutoff, 'estimate', :reference_digest)"
        ),
        {**of_month, "reference_digest": reference_digest},
    )
