"""Numbers of few observations: pooled over months, or drawn towards the points of their size class, and said so."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

import numpy as np
import pandas as pd

from kpi import observations, opening_days, wait_quantiles
from kpi.changes import Number, Numbers, Record
from kpi.intervals import Numbers as Floats
from kpi.intervals import quantile_of_t
from kpi.metric_catalogue import Metric
from kpi.observations import SCALES
from kpi.opening_days import SECONDS_OF_UNIT, Cell, CellKey, joined

WINDOWS = {"pooled_3_months": 3, "pooled_12_months": 12}
POOLED_STATISTICS = ("ratio", "mean", "quotient", "km_quantile")
SHRUNK_STATISTICS = ("ratio", "mean")
# Fewer peers say too little of how points of a class differ.
FEWEST_PEERS = 5
COLUMNS = (
    *("metric_id", "metric_version", "period", "level", "level_id", "collection_mode", "method", "value"),
    *("lower_bound", "upper_bound", "observation_count", "own_value", "own_observation_count"),
    *("peer_group", "peer_value", "own_weight"),
)
# What identifies the numbers of one kind in all months.
PLACE = ("metric_id", "metric_version", "level", "level_id", "collection_mode")
Place = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Shrunk:
    """An estimate between a point's own number and that of its peers; *own_weight* is the point's, 0-1."""

    value: float
    lower: float
    upper: float
    peer_value: float
    own_weight: float


def is_small(row: Record) -> bool:
    return row["level"] == "service_point" and row["value"] is not None and row["is_few"]


def small_rows(numbers: Numbers, month: date) -> list[Record]:
    """The numbers of *month* that are too few to stand alone."""
    return [
        number.row
        for (period, *_), modes in numbers.by_place.items()
        for number in modes.values()
        if period == month and is_small(number.row)
    ]


def window(month: date) -> list[date]:
    """The first days of the months of the longest window that ends with *month*."""
    return [day.date() for day in pd.date_range(end=month, periods=max(WINDOWS.values()), freq="MS")]


def by_month(values: pd.DataFrame, components: pd.DataFrame) -> Mapping[Place, Mapping[date, Number]]:
    """The numbers of each place and month, with their opening days."""
    cells = dict(opening_days.cells(components))
    found: dict[Place, dict[date, Number]] = {}
    for row in observations.records(values):
        key = cast(CellKey, tuple(row[name] for name in observations.KEY))
        found.setdefault(tuple(row[name] for name in PLACE), {})[row["period"]] = Number(row, cells.get(key))
    return found


def table(rows: Iterable[Record]) -> pd.DataFrame:
    """publish.smoothed_estimate without month and cutoff."""
    return pd.DataFrame(list(rows), columns=list(COLUMNS)).sort_values(list(COLUMNS[:7]))


def shrunk_rows(
    numbers: Numbers, size_classes: Mapping[str, str], metrics: Mapping[str, Metric], month: date
) -> list[Record]:
    """The small numbers of *month* drawn towards their size class, where enough points of it have the number."""
    peers: dict[tuple[str, str, str], list[Number]] = {}
    for (period, metric_id, level, level_id), modes in numbers.by_place.items():
        metric = metrics[metric_id]
        if (period, level) != (month, "service_point") or metric.interval != "persons":
            continue
        if metric.statistic in SHRUNK_STATISTICS:
            for mode, number in modes.items():
                if number.row["value"] is not None:
                    peers.setdefault((metric_id, mode, size_classes.get(level_id, "")), []).append(number)
    rows: list[Record] = []
    for (metric_id, _, size_class), members in peers.items():
        if size_class and len(members) >= FEWEST_PEERS and any(is_small(member.row) for member in members):
            rows += _shrunk_of_class(members, size_class, metrics[metric_id])
    return rows


def _shrunk_of_class(members: Sequence[Number], size_class: str, metric: Metric) -> list[Record]:
    values, counts, squares = (
        np.array([member.row[name] or 0 for member in members], dtype=float)
        for name in ("value", "denominator", "sum_of_squares")
    )
    centre = float((values * counts).sum() / counts.sum())
    if metric.statistic == "ratio":
        spread, scale = centre * (1 - centre), (0.0, 1.0)
    else:
        within = (squares - counts * values**2).sum() / max(counts.sum() - len(counts), 1)
        spread, scale = max(float(within), 0.0), SCALES[metric.unit]
    if spread <= 0:
        return []
    found = shrunk(values, spread / counts, scale)
    return [
        _row(member.row, "shrunk", estimate.value, estimate.lower, estimate.upper, member.row["observation_count"])
        | {"peer_group": size_class, "peer_value": estimate.peer_value, "own_weight": estimate.own_weight}
        for member, estimate in zip(members, found, strict=True)
        if is_small(member.row)
    ]


def shrunk(values: Floats, variances: Floats, scale: tuple[float, float]) -> list[Shrunk]:
    """Empirical Bayes: each value weighted against its peers by how much points differ beyond their chance.

    The variance between points is that of DerSimonian and Laird (1986), by moments; *variances* are those of chance.
    That it is itself estimated is allowed for as Morris (1983) does, at least FEWEST_PEERS values: without it the
    intervals cover 85 %.
    """
    between, peer_count = variance_between(values, variances), len(values)
    weights = 1 / (variances + between)
    centre = float((weights * values).sum() / weights.sum())
    drawn = (peer_count - 3) / (peer_count - 1) * variances * weights
    learnt = 2 / (peer_count - 3) * drawn**2 * (values - centre) ** 2
    errors = np.sqrt(variances * (1 - drawn) + drawn**2 / weights.sum() + learnt)
    estimates, half = values - drawn * (values - centre), quantile_of_t(0.025) * errors
    lower, upper = np.clip(estimates - half, *scale), np.clip(estimates + half, *scale)
    parts = zip(*(array.tolist() for array in (estimates, lower, upper, 1 - drawn)), strict=True)
    return [Shrunk(value, low, high, centre, weight) for value, low, high, weight in parts]


def variance_between(values: Floats, variances: Floats) -> float:
    weights = 1 / variances
    centre = (weights * values).sum() / weights.sum()
    excess = (weights * (values - centre) ** 2).sum() - (len(values) - 1)
    return float(max(excess / (weights.sum() - (weights**2).sum() / weights.sum()), 0.0))


def pooled_rows(
    small: Iterable[Record], numbers: Mapping[Place, Mapping[date, Number]], metrics: Mapping[str, Metric]
) -> list[Record]:
    """The *small* numbers pooled over the months that end with theirs, where the warehouse has all of them."""
    rows = []
    for row in small:
        metric = metrics[row["metric_id"]]
        months = numbers.get(tuple(row[name] for name in PLACE), {})
        for method, length in WINDOWS.items() if metric.statistic in POOLED_STATISTICS else ():
            wanted = window(row["period"])[-length:]
            if all(month in months for month in wanted):
                pooled = _pooled([months[month] for month in wanted], metric)
                rows += [_row(row, method, *pooled)] if pooled else []
    return rows


Pooled = tuple[float, float | None, float | None, int]


def _pooled(numbers: Sequence[Number], metric: Metric) -> Pooled | None:
    """(value, lower, upper, n) of all months as one; None while there are too few observations or no value."""
    sums = {
        name: sum(number.row[name] or 0.0 for number in numbers)
        for name in ("numerator", "denominator", "sum_of_squares")
    }
    count = observations.observation_count(sums | {"value": None, "opening_day_count": 0}, metric)
    cells = [number.cell for number in numbers if number.cell is not None]
    cell = joined(cells) if cells else None
    value = _value(sums, cell, metric)
    if value is None or count is None or count < metric.minimum_observation_count:
        return None
    head = numbers[-1].row
    key = cast(CellKey, tuple(head[name] for name in observations.KEY))
    interval = observations.interval_of(sums | {"value": value}, metric, cell, key)
    return value, interval.lower, interval.upper, count


def _value(sums: Mapping[str, float], cell: Cell | None, metric: Metric) -> float | None:
    if not sums["denominator"]:
        return None
    if metric.statistic != "km_quantile":
        return sums["numerator"] / sums["denominator"]
    if cell is None or metric.quantile is None:
        return None
    found = wait_quantiles.quantile_of(cell.seconds, cell.numerator, cell.denominator, metric.quantile)
    return found / SECONDS_OF_UNIT[metric.unit] if np.isfinite(found) else None


def _row(own: Record, method: str, value: float, lower: float | None, upper: float | None, count: int) -> Record:
    return {
        **{name: own[name] for name in (*PLACE, "period")},
        "method": method,
        "value": value,
        "lower_bound": lower,
        "upper_bound": upper,
        "observation_count": count,
        "own_value": own["value"],
        "own_observation_count": own["observation_count"],
    }
