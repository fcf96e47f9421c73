"""Funnel limits: where a point's number lies when it is like its size class and only chance makes the difference.

Limits say which points to look at; they rank nobody. They count the chance of one month and no lasting difference
between points of a class (Spiegelhalter 2005), so many points outside say that the class is not of one kind.
"""

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd
from scipy import special

from kpi import intervals
from kpi.changes import Number, Numbers, Record
from kpi.differences import FEWEST_EXPECTED
from kpi.intervals import quantile_of_t
from kpi.metric_catalogue import Metric
from kpi.observations import SCALES

# The outer limits first; by the probability of lying inside, the largest of each tail outside.
TAILS = {"998": 0.001, "95": 0.025}
STATISTICS = ("ratio", "mean", "rate")
COLUMNS = (
    *("metric_id", "metric_version", "period", "level_id", "collection_mode", "size_class", "value", "class_value"),
    *("lower_95", "upper_95", "lower_998", "upper_998", "position"),
)
Limits = tuple[float, float]


def funnel(
    numbers: Numbers, size_classes: Mapping[str, str], metrics: Mapping[str, Metric], month: date
) -> pd.DataFrame:
    """One row per number of a service point of *month*: publish.funnel_estimate without month and cutoff.

    *size_classes* by service point.
    """
    rows = []
    for (period, metric_id, level, level_id), modes in numbers.by_place.items():
        metric = metrics[metric_id]
        if (period, level) == (month, "service_point") and metric.statistic in STATISTICS:
            peers = numbers.by_place.get((period, metric_id, "size_class", size_classes.get(level_id, "")), {})
            rows += [_row(modes[mode], peers[mode], metric) for mode in modes.keys() & peers.keys()]
    return pd.DataFrame([row for row in rows if row], columns=list(COLUMNS)).sort_values(list(COLUMNS[:5]))


def _row(number: Number, of_class: Number, metric: Metric) -> Record | None:
    row = number.row
    if row["lower_bound"] is None or of_class.row["value"] is None:
        return None
    found = {name: limits(number, of_class, metric, tail) for name, tail in TAILS.items()}
    return {
        **{name: row[name] for name in ("metric_id", "metric_version", "period", "level_id", "collection_mode")},
        "size_class": of_class.row["level_id"],
        "value": row["value"],
        "class_value": of_class.row["value"],
        **{f"lower_{name}": lower for name, (lower, _) in found.items()},
        **{f"upper_{name}": upper for name, (_, upper) in found.items()},
        "position": _position(row["value"], found),
    }


def _position(value: float, found: Mapping[str, Limits]) -> str:
    for name, (lower, upper) in found.items():
        if not lower <= value <= upper:
            return f"above_{name}" if value > upper else f"below_{name}"
    return "inside_95"


def limits(number: Number, of_class: Number, metric: Metric, tail: float) -> Limits:
    """Between which a number with as much behind it as *number* lies, if its expected value is that of its class."""
    row, cell, centre = number.row, number.cell, of_class.row["value"]
    match metric.interval, metric.statistic:
        case "persons", "ratio":
            return _of_share(centre, row["denominator"], np.inf, tail)
        case "persons", "mean":
            half = quantile_of_t(tail) * _standard_deviation(of_class.row) / row["denominator"] ** 0.5
            lowest, highest = SCALES[metric.unit]
            return max(centre - half, lowest), min(centre + half, highest)
        case "poisson", "rate":
            return _of_rate(centre, row["denominator"] / (metric.per or 1), tail)
        case "opening_days", "ratio" if cell is not None:
            share = intervals.clustered_share(cell.strata, *cell.by_day)
            return _of_share(centre, share.effective_count, share.freedom, tail)
        case "opening_days", "mean" if cell is not None:
            found = intervals.clustered_mean(cell.strata, *cell.by_day)
            half = quantile_of_t(tail, found.freedom) * found.variance**0.5
            return max(centre - half, 0.0), centre + half
    raise ValueError(f"{metric.metric_id}: no funnel for {metric.interval} and {metric.statistic}")


def _of_share(centre: float, count: float, freedom: float, tail: float) -> Limits:
    """The normal limits of a share, or those of the binomial distribution where few cases are expected."""
    if count * min(centre, 1 - centre) >= FEWEST_EXPECTED:
        half = quantile_of_t(tail, freedom) * (centre * (1 - centre) / count) ** 0.5
        return max(centre - half, 0.0), min(centre + half, 1.0)
    trials = max(round(count), 1)
    cumulated = special.bdtr(np.arange(trials + 1), trials, centre)
    fewest, most = np.searchsorted(cumulated, tail, side="right"), np.searchsorted(cumulated, 1 - tail)
    return min(float(fewest), trials) / trials, min(float(most), trials) / trials


def _of_rate(centre: float, exposure: float, tail: float) -> Limits:
    """Rates of the fewest and the most events that a Poisson count passes with the probability *tail* at most."""
    expected = centre * exposure
    most = np.ceil(special.pdtrik(1 - tail, expected)) if expected > 0 else 0.0
    fewest = np.ceil(special.pdtrik(tail, expected)) if special.pdtr(0, expected) < tail else 0.0
    return float(fewest / exposure), float(most / exposure)


def _standard_deviation(row: Record) -> float:
    mean = row["numerator"] / row["denominator"]
    return float(np.sqrt(max(row["sum_of_squares"] / row["denominator"] - mean**2, 0.0)))
