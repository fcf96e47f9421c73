"""The opening days behind each number: what the intervals of queue, booking and device measures are made from."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

import numpy as np
import pandas as pd
import sqlalchemy

from kpi import intervals, wait_quantiles
from kpi.intervals import Codes, Interval, Numbers
from kpi.metric_catalogue import Metric

# The column of a component that says which place of a level it belongs to.
LEVEL_COLUMNS = {
    "service_point": "service_point_id",
    "region": "region_code",
    "size_class": "size_class",
    "agency": "agency_code",
    "national": "national",
}
SECONDS_OF_UNIT = {"minutes": 60, "hours": 3600, "days": 86400}
# metric_id, metric_version, period, level, level_id, collection_mode
CellKey = tuple[str, int, date, str, str, str]


@dataclass(frozen=True, slots=True)
class Cell:
    """The opening days of one number: an element per day and whole second of waiting, *strata* with one per day.

    *days* numbers the days of the points from 0, in order; *strata* says whose day it is.
    """

    days: Codes
    strata: Codes
    seconds: Numbers
    numerator: Numbers
    denominator: Numbers

    @property
    def by_day(self) -> tuple[Numbers, Numbers]:
        """Numerator and denominator of each day."""
        numerator, denominator = (np.bincount(self.days, part) for part in (self.numerator, self.denominator))
        return np.asarray(numerator, dtype=float), np.asarray(denominator, dtype=float)


def read_components(
    connection: sqlalchemy.Connection, metric_ids: Iterable[str], months: Iterable[date], points: Iterable[str] = ()
) -> pd.DataFrame:
    """The components of *metric_ids* in *months* by opening day, with the places they belong to on that day, if any.

    All points', or those of *points* alone.
    """
    components = pd.read_sql(
        sqlalchemy.text("""
            select
                metric_id,
                metric_version,
                first_day as period,
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
            inner join unnest(cast(:months as date[])) as months (first_day)
                on opening_date >= first_day and opening_date < first_day + interval '1 month'
            where
                metric_id = any(:metric_ids)
                and (denominator > 0 or numerator > 0)
                and (:is_of_all_points or components.service_point_id = any(:points))
        """),
        connection,
        params={
            "metric_ids": list(metric_ids),
            "months": list(months),
            "points": list(points),
            "is_of_all_points": not list(points),
        },
    )
    return components.astype({"metric_version": int})


def read_parts(
    connection: sqlalchemy.Connection, breakdown: str, metric_ids: Iterable[str], month: date
) -> pd.DataFrame:
    """The components of *metric_ids* in *month* by the part of *breakdown*, point, opening day and duration.

    *breakdown* is a column of metric_components; where nothing tells it, the part is unknown.
    """
    components = pd.read_sql(
        sqlalchemy.text(f"""
            select
                metric_id,
                metric_version,
                date_trunc('month', opening_date)::date as period,
                coalesce(service_point_id, 'no point') as stratum,
                coalesce({breakdown}, 'unknown') as part,
                collection_mode,
                opening_date,
                coalesce(duration_seconds, 0)::float8 as duration_seconds,
                sum(numerator)::float8 as numerator,
                sum(denominator)::float8 as denominator,
                sum(sum_of_squares)::float8 as sum_of_squares
            from warehouse.metric_components
            where
                metric_id = any(:metric_ids)
                and opening_date >= :month
                and opening_date < cast(:month as date) + interval '1 month'
            group by 1, 2, 3, 4, 5, 6, 7, 8
        """),
        connection,
        params={"metric_ids": list(metric_ids), "month": month},
    )
    return components.astype({"metric_version": int})


def cells(components: pd.DataFrame) -> Iterator[tuple[CellKey, Cell]]:
    """Every number's (key, opening days)."""
    for level, column in LEVEL_COLUMNS.items():
        keys = ["metric_id", "metric_version", "period", column, "collection_mode"]
        yield from cells_of_level(components, level, keys)


def cells_of_level(components: pd.DataFrame, level: str, keys: list[str]) -> Iterator[tuple[CellKey, Cell]]:
    """The cells of a level by *keys*, cut from one sorted sum: a frame for each cell would take most of the time."""
    day = ["stratum", "opening_date"]
    grains = list(dict.fromkeys([*keys, *day, "duration_seconds"]))
    sums = components.groupby(grains, as_index=False)[["numerator", "denominator"]].sum()
    if sums.empty:
        return
    sums = sums.sort_values([*keys, *day, "duration_seconds"], ignore_index=True)
    cell_codes = sums.groupby(keys, sort=False).ngroup().to_numpy()
    day_codes = sums.groupby([*keys, *day], sort=False).ngroup().to_numpy()
    strata = pd.factorize(sums["stratum"], sort=True)[0]
    seconds, numerator, denominator = (
        sums[name].to_numpy(dtype=float) for name in ("duration_seconds", "numerator", "denominator")
    )
    starts = np.flatnonzero(np.diff(cell_codes, prepend=-1))
    heads = sums.loc[starts, keys].itertuples(index=False)
    for head, start, end in zip(heads, starts, [*starts[1:], len(sums)], strict=True):
        metric_id, version, period, level_id, mode = cast(tuple[str, int, date, str, str], tuple(head))
        days = day_codes[start:end] - day_codes[start]
        first_of_day = np.flatnonzero(np.diff(days, prepend=-1))
        yield (
            (metric_id, int(version), period, level, level_id, mode),
            Cell(
                days.astype(np.int64),
                strata[start:end][first_of_day].astype(np.int64),
                seconds[start:end],
                numerator[start:end],
                denominator[start:end],
            ),
        )


def joined(parts: Sequence[Cell]) -> Cell:
    """The cells of several months or groups as one; no day may be in two of them."""
    firsts = np.cumsum([0, *(len(part.strata) for part in parts[:-1])])
    return Cell(
        np.concatenate([part.days + first for part, first in zip(parts, firsts, strict=True)]),
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("strata", "seconds", "numerator", "denominator")
        ),
    )


def interval_of(cell: Cell, metric: Metric, key: CellKey) -> Interval:
    """The interval of a cell by the statistic of its metric; a quantile is in the unit of the metric."""
    match metric.statistic:
        case "ratio":
            return intervals.share_by_opening_day(cell.strata, *cell.by_day)
        case "mean":
            return intervals.mean_by_opening_day(cell.strata, *cell.by_day)
        case "quotient":
            return intervals.quotient_by_opening_day(cell.strata, *cell.by_day)
        case "km_quantile" if metric.quantile is not None:
            waits = cell.seconds / SECONDS_OF_UNIT[metric.unit]
            called, left = cell.numerator, cell.denominator - cell.numerator
            seed = " ".join(map(str, key))
            return wait_quantiles.quantile_by_opening_day(
                cell.days, cell.strata, waits, called, left, metric.quantile, seed
            )
    raise ValueError(f"{key[0]}: there is no interval by opening day for the statistic {metric.statistic}")
