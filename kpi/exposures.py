"""What each point's own rate gives for the minutes that were measured: how much of a region's count could be counted.

A large point that is silent takes more from its region than its minutes say.
"""

from collections.abc import Iterable, Mapping
from datetime import date

import pandas as pd
import sqlalchemy

from kpi.metric_catalogue import Metric
from kpi.observations import KEY

LEVELS = ("region", "size_class", "national")
EXPECTED = "expected_count"
POINT = ["metric_id", "metric_version", "collection_mode", "service_point_id"]


def read_places(connection: sqlalchemy.Connection, months: Iterable[date]) -> pd.DataFrame:
    """Where each service point belonged on the last day of *months*: a column for each of LEVELS."""
    statement = """
        select
            first_day as period,
            service_point_id,
            region_code as region,
            size_class,
            'national' as national
        from warehouse.dim_service_points
        inner join unnest(cast(:months as date[])) as months (first_day)
            on
                valid_from < first_day + interval '1 month'
                and coalesce(valid_to, 'infinity') >= first_day + interval '1 month'
    """
    return pd.read_sql(sqlalchemy.text(statement), connection, params={"months": list(months)})


def with_expected(observed: pd.DataFrame, places: pd.DataFrame, metrics: Mapping[str, Metric]) -> pd.DataFrame:
    """*observed* with the count that is expected at each of LEVELS, if no point changed its rate over the months."""
    counts = [metric.metric_id for metric in metrics.values() if metric.statistic == "count"]
    is_counted = (observed["level"] == "service_point") & observed["metric_id"].isin(counts)
    is_measured = observed["value"].notna() & (observed["measured_minutes"] > 0)
    points = observed[is_counted & is_measured].rename(columns={"level_id": "service_point_id"})
    sums = points.groupby(POINT)[["value", "measured_minutes"]].transform("sum")
    points[EXPECTED] = points["measured_minutes"] * sums["value"] / sums["measured_minutes"]
    placed = points.drop(columns="level").merge(places, on=["period", "service_point_id"])
    by_level = pd.concat([placed.assign(level=level, level_id=placed[level]) for level in LEVELS])
    return observed.merge(by_level.groupby(KEY, as_index=False)[EXPECTED].sum(), how="left", on=KEY)
