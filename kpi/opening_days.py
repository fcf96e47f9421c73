"""The opening days behind each number: what the intervals of queue, booking and device measures are made from."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import cast

import numpy as np
import pandas as pd
import sqlalchemy

from kpi import intervals, wait_quantiles
from kpi.intervals import Interval

# The column of a component that says which place of a level it belongs to.
LEVEL_COLUMNS = {
    "service_point": "service_point_id",
    "region": "region_code",
    "size_class": "size_class",
    "agency": "agency_code",
    "national": "national",
}
# metric_id, metric_version, period, level, level_id, collection_mode
CellKey = tuple[str, int, date, str, str, str]


def read_components(connection: sqlalchemy.Connection, metric_ids: Iterable[str]) -> pd.DataFrame:
    """The components of *metric_ids* by opening day, with the places they belong to on that day, if any."""
    components = pd.read_sql(
        sqlalchemy.text("""
            select
                metric_id,
                metric_version,
                date_trunc('month', opening_date)::date as period,
                components.service_point_id,
                coalesce(components.service_point_id, 'no point') as stratum,
                region_code,
                size_class,
                agency_code,
                'national' as national,
                collection_mode,
                opening_date,
                coalesce(duration_seconds, 0)::float8 as duration_seconds,
                numerator::float8 as numerator,
                denominator::float8 as denominator
            from warehouse.metric_components as components
            left join warehouse.dim_service_points as points
                on
                    components.service_point_id = points.service_point_id
                    and components.opening_date >= points.valid_from
                    and (points.valid_to is null or components.opening_date < points.valid_to)
            where metric_id = any(:metric_ids) and denominator > 0
        """),
        connection,
        params={"metric_ids": list(metric_ids)},
    )
    return components.astype({"metric_version": int})


def cells(components: pd.DataFrame) -> Iterator[tuple[CellKey, pd.DataFrame]]:
    """Every number's (key, components), one row per point, opening day and whole second of waiting, in that order."""
    for level, column in LEVEL_COLUMNS.items():
        keys = ["metric_id", "metric_version", "period", column, "collection_mode"]
        day = ["stratum", "opening_date", "duration_seconds"]
        grains = list(dict.fromkeys([*keys, *day]))
        sums = components.groupby(grains, as_index=False)[["numerator", "denominator"]].sum()
        for key, cell in sums.groupby(keys):
            metric_id, version, period, level_id, mode = cast(tuple[str, int, date, str, str], key)
            yield (metric_id, version, period, level, level_id, mode), cell.sort_values(day)


def day_count(cell: pd.DataFrame) -> int:
    return int(_days(cell)[-1]) + 1


def interval_of(cell: pd.DataFrame, statistic: str, quantile: float | None, key: CellKey) -> Interval:
    """The interval of a cell by its metric's *statistic*: a ratio, or a quantile of waits in minutes."""
    days = _days(cell)
    first_of_day = np.flatnonzero(np.diff(days, prepend=-1))
    strata = np.asarray(pd.factorize(cell["stratum"])[0][first_of_day], dtype=np.int64)
    called, both = (cell[name].to_numpy(dtype=float) for name in ("numerator", "denominator"))
    if statistic == "ratio":
        numerator, denominator = (np.asarray(np.bincount(days, part), dtype=float) for part in (called, both))
        return intervals.share_by_opening_day(strata, numerator, denominator)
    if statistic == "km_quantile" and quantile is not None:
        minutes = cell["duration_seconds"].to_numpy(dtype=float) / 60
        seed = " ".join(map(str, key))
        return wait_quantiles.quantile_by_opening_day(days, strata, minutes, called, both - called, quantile, seed)
    raise ValueError(f"{key[0]}: there is no interval by opening day for the statistic {statistic}")


def _days(cell: pd.DataFrame) -> intervals.Codes:
    """The number of the opening day of each row, from 0, in the order of the rows."""
    return np.asarray(cell.groupby(["stratum", "opening_date"]).ngroup(), dtype=np.int64)
