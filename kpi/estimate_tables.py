"""What the estimates of a month are made from, and the tables of publish that they are written to."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

import pandas as pd
import sqlalchemy

from infra.months import Month


def read_values(
    connection: sqlalchemy.Connection, periods: Iterable[date], levels: Iterable[str], places: Iterable[str] = ()
) -> pd.DataFrame:
    """The metric values of *periods* and *levels*, as far as they are there; of all places, or of these *places*."""
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
        where
            period_kind = 'month' and breakdown = 'total' and is_in_force
            and period = any(:periods)
            and level = any(:levels)
            and (:is_of_all_places or level_id = any(:places))
        order by metric_id, metric_version, period, level, level_id, collection_mode
    """
    wanted = list(places)
    return pd.read_sql(
        sqlalchemy.text(statement),
        connection,
        params={"periods": list(periods), "levels": list(levels), "places": wanted, "is_of_all_places": not wanted},
    )


def read_size_classes(connection: sqlalchemy.Connection, month: Month) -> Mapping[str, str]:
    """The size class of each service point on the last day of *month*."""
    rows = connection.execute(
        sqlalchemy.text("""
            select service_point_id, size_class from warehouse.dim_service_points
            where valid_from < :next_month and coalesce(valid_to, 'infinity') >= :next_month
        """),
        {"next_month": month.next.first_day},
    )
    return {row.service_point_id: row.size_class for row in rows}


def read_targets(connection: sqlalchemy.Connection, month: Month) -> pd.DataFrame:
    """The target of each metric, level and what is at it that has one, as it was on the first day of *month*."""
    statement = """
        select metric_id, level, level_id, target_status, target_value::float8 as target_value
        from warehouse.metric_targets
        where period = :month
    """
    return pd.read_sql(sqlalchemy.text(statement), connection, params={"month": month.first_day})


def read_completeness(connection: sqlalchemy.Connection) -> pd.DataFrame:
    """How much of the opening time was measured, and how many of the sources delivered, as shares; null is unknown."""
    statement = """
        select
            period,
            level,
            level_id,
            source_family,
            collection_mode,
            measured_minutes::float8 / nullif(opening_minutes, 0) as completeness_minutes_share,
            delivered_source_count::float8 / nullif(expected_source_count, 0) as completeness_sources_share,
            measured_minutes::float8 as measured_minutes,
            opening_minutes::float8 as opening_minutes
        from warehouse.completeness_values
    """
    return pd.read_sql(sqlalchemy.text(statement), connection)


def replace(
    connection: sqlalchemy.Connection,
    month: Month,
    cutoff: datetime,
    tables: Mapping[str, pd.DataFrame],
    reference_digest: str,
) -> None:
    """Write the tables, and that they were made: the release gate has to judge these and no older ones."""
    of_month = {"month": month.first_day, "cutoff": cutoff}
    for table, rows in tables.items():
        connection.execute(sqlalchemy.text(f"delete from publish.{table} where month = :month"), of_month)
        rows.assign(**of_month).to_sql(
            table, connection, schema="publish", if_exists="append", index=False, chunksize=5000
        )
    connection.execute(
        sqlalchemy.text(
            "insert into ops.build (month, cutoff, stage, reference_digest)"
            " values (:month, :cutoff, 'estimate', :reference_digest)"
        ),
        {**of_month, "reference_digest": reference_digest},
    )
