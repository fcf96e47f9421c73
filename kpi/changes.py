"""What changed since the month before and since a year ago: better, worse, no evidence, or not comparable and why."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from infra.months import Month
from kpi import counted_periods, differences, false_discoveries, intervals, opening_days, scales, wait_quantiles
from kpi.counted_periods import LongerCounts
from kpi.differences import TESTS, Difference, Scores
from kpi.exposures import EXPECTED
from kpi.intervals import Interval
from kpi.metric_catalogue import Metric
from kpi.observations import NEVER_FEW, SCALES, records
from kpi.opening_days import SECONDS_OF_UNIT, Cell, CellKey
from kpi.scales import Scales

# Where more of the opening time, or of the sources, was measured than before, other customers were.
LARGEST_CHANGE_OF_COVERAGE = 0.2
COVERAGES = ("completeness_minutes_share", "completeness_sources_share")
# (higher is better, the value rose) says which.
VERDICTS = {
    ("higher", True): "better",
    ("higher", False): "worse",
    ("lower", True): "worse",
    ("lower", False): "better",
}
COLUMNS = {
    **dict.fromkeys(("metric_id", "level", "level_id", "collection_mode", "comparison", "verdict", "reason"), "object"),
    **dict.fromkeys(("value", "compared_value", "difference", "lower_bound", "upper_bound"), "float64"),
    **dict.fromkeys(("p_value", "q_value", "smallest_detectable_change"), "float64"),
    "test": "object",
}
Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Number:
    """An estimate with the opening days behind it, if it has any."""

    row: Record
    cell: Cell | None

    @property
    def interval(self) -> Interval:
        return Interval(self.row["lower_bound"], self.row["upper_bound"])


@dataclass(frozen=True, slots=True)
class Numbers:
    """The estimates of several months, for looking up.

    *scales* are those that their answers were given on, *longer* the counts of several months at a time.
    """

    by_place: Mapping[tuple[date, str, str, str], Mapping[str, Number]]
    periods: frozenset[date]
    scales: Scales
    longer: LongerCounts


def numbers_of(
    estimates: pd.DataFrame, by_day: Mapping[CellKey, Cell], answered: Scales, longer: LongerCounts
) -> Numbers:
    """The numbers with the opening days, the scales and the lengths behind them."""
    by_place: dict[tuple[date, str, str, str], dict[str, Number]] = {}
    for row in records(estimates):
        place = (row["period"], row["metric_id"], row["level"], row["level_id"])
        key = (row["metric_id"], row["metric_version"], row["period"], *place[2:], row["collection_mode"])
        by_place.setdefault(place, {})[row["collection_mode"]] = Number(row, by_day.get(key))
    return Numbers(by_place, frozenset(estimates["period"]), answered, longer)


def changes(numbers: Numbers, metrics: Mapping[str, Metric], month: Month) -> pd.DataFrame:
    """One row per number of *month* and comparison: publish.change_estimate without month and cutoff."""
    compared = {"month": month.previous.first_day, "year": month.a_year_before.first_day}
    rows = [
        _compared(number, metrics[number.row["metric_id"]], comparison, period, numbers)
        for (own_period, *_), modes in numbers.by_place.items()
        if own_period == month.first_day
        for number in modes.values()
        for comparison, period in compared.items()
    ]
    return _judged(pd.DataFrame(rows).astype(COLUMNS), metrics)


def _compared(now: Number, metric: Metric, comparison: str, period: date, numbers: Numbers) -> Record:
    row = now.row
    modes = numbers.by_place.get((period, row["metric_id"], row["level"], row["level_id"]), {})
    before = modes.get(row["collection_mode"])
    modes_now = numbers.by_place[row["period"], row["metric_id"], row["level"], row["level_id"]]
    has_replaced = any(_has_value(modes.get(mode)) and not _has_value(modes_now.get(mode)) for mode in modes)
    reason = _not_comparable(now, before, has_replaced, metric, period, numbers)
    found = None
    if reason is None and before is not None:
        found = difference_of(now, before, metric)
        if _is_against_its_rate(now, before, metric, found):
            reason, found = "coverage_changed", None
    compared_value = None if before is None else before.row["value"]
    plain = None if row["value"] is None or compared_value is None else row["value"] - compared_value
    return {
        **{name: row[name] for name in ("metric_id", "metric_version", "level", "level_id", "collection_mode")},
        "comparison": comparison,
        "period": row["period"],
        "compared_period": period,
        "value": row["value"],
        "compared_value": compared_value,
        "difference": plain,
        "lower_bound": None if found is None else found.lower,
        "upper_bound": None if found is None else found.upper,
        "p_value": None if found is None else found.p_value,
        "reason": reason,
        "smallest_detectable_change": None if found is None else found.smallest_detectable,
        "test": None if found is None else found.test,
        "q_value": None,
        "verdict": "not_comparable",
    }


def _has_value(number: Number | None) -> bool:
    return number is not None and number.row["value"] is not None


def _not_comparable(
    now: Number, before: Number | None, has_replaced: bool, metric: Metric, period: date, numbers: Numbers
) -> str | None:
    """The first reason why two numbers cannot be compared, if there is one.

    *has_replaced* says that the place had a number in another collection mode before, and has none in it now.
    """
    if period not in numbers.periods:
        return "no_earlier_month"
    if now.row["value"] is None:
        return str(now.row["status_reason"])
    if before is None or before.row["value"] is None:
        if has_replaced:
            return "mode_changed"
        return "no_earlier_value" if before is None else str(before.row["status_reason"])
    if before.row["metric_version"] != now.row["metric_version"]:
        return "definition_break"
    if _is_on_another_scale(now, metric, period, numbers):
        return "scale_changed"
    months = (now.row["period"], period)
    if counted_periods.differ(numbers.longer, metric, now.row["level"], now.row["level_id"], months):
        return "period_changed"
    return next(unreliable(now, before, metric), None)


def unreliable(now: Number, before: Number, metric: Metric) -> Iterator[str]:
    """Why two numbers that are there cannot be compared."""
    sides = (now.row, before.row)
    if (metric.interval, metric.statistic) not in TESTS:
        yield "no_test"
    if any(side["status_reason"] == "beyond_range" for side in sides):
        yield "beyond_range"
    few = [side for side in sides if side["observation_count"] < metric.minimum_observation_count]
    if few and metric.statistic not in NEVER_FEW:
        yield "fewer_than_minimum"
    yield from (side["status_reason"] or "no_variation" for side in sides if side["lower_bound"] is None)
    for share in COVERAGES:
        shares = [side[share] for side in sides]
        if None not in shares and abs(shares[0] - shares[1]) > LARGEST_CHANGE_OF_COVERAGE:
            yield "coverage_changed"


def _is_on_another_scale(now: Number, metric: Metric, period: date, numbers: Numbers) -> bool:
    """Whether a question that the place asked in both months was answered on other scales than before."""
    row = now.row
    if not scales.rests_on(metric):
        return False
    asked, asked_before = (
        numbers.scales.get((month, row["level"], row["collection_mode"]), {}).get(row["level_id"], {})
        for month in (row["period"], period)
    )
    return scales.differ(asked, asked_before)


def difference_of(now: Number, before: Number, metric: Metric) -> Difference:
    """The difference of two numbers by the test of their metric's kind."""
    sides = (now, before)
    bounds = (now.interval, before.interval)
    pairs = [(side.row["numerator"], side.row["denominator"]) for side in sides]
    match TESTS[metric.interval, metric.statistic], metric.statistic:
        case "two_proportions", "ratio":
            return differences.two_proportions(*pairs)
        case "two_proportions", _:
            return differences.two_quotients(pairs[0], pairs[1], bounds)
        case "welch", _:
            return differences.two_means(*[_scores(side.row, metric) for side in sides])
        case "conditional_poisson", "rate":
            return differences.two_counts(pairs[0], pairs[1], per=metric.per or 1)
        case "conditional_poisson", _:
            first, second = _exposures(now.row, before.row)
            return differences.two_counts((pairs[0][0], first), (pairs[1][0], second))
    return _by_opening_day(now, before, metric, bounds)


def _by_opening_day(now: Number, before: Number, metric: Metric, bounds: tuple[Interval, Interval]) -> Difference:
    values = (now.row["value"], before.row["value"])
    assert now.cell is not None, f"{metric.metric_id} has a number without opening days"
    assert before.cell is not None, f"{metric.metric_id} has a number without opening days"
    cells = (now.cell, before.cell)
    if metric.statistic == "mean":
        return differences.clustered_means(*[intervals.clustered_mean(cell.strata, *cell.by_day) for cell in cells])
    if metric.statistic == "km_quantile" and metric.quantile is not None:
        longest = _common_quantile(cells, metric.quantile, max(values) * SECONDS_OF_UNIT[metric.unit])
        curves = [
            wait_quantiles.share_called_within(
                cell.days, cell.strata, cell.seconds, cell.numerator, cell.denominator - cell.numerator, longest
            )
            for cell in cells
        ]
        return differences.clustered_shares(curves[0], curves[1], values, bounds, "clustered_curve")
    shares = []
    for cell in cells:
        numerator, denominator = cell.by_day
        base = numerator + denominator if metric.statistic == "quotient" else denominator
        shares.append(intervals.clustered_share(cell.strata, numerator, base))
    return differences.clustered_shares(shares[0], shares[1], values, bounds)


def _common_quantile(cells: tuple[Cell, Cell], quantile: float, otherwise: float) -> float:
    """The quantile of both sides' waits as one, in seconds."""
    both = opening_days.joined(cells)
    found = wait_quantiles.quantile_of(both.seconds, both.numerator, both.denominator, quantile)
    return found if np.isfinite(found) else otherwise


def _scores(row: Record, metric: Metric) -> Scores:
    return Scores(row["numerator"], row["denominator"], row["sum_of_squares"], *SCALES[metric.unit])


def _exposures(now: Record, before: Record) -> tuple[float, float]:
    """How much could be counted: by the points' rates, else the measured or opening minutes, else the months' days."""
    for exposure in (EXPECTED, "measured_minutes", "opening_minutes"):
        if now.get(exposure) and before.get(exposure):
            return now[exposure], before[exposure]
    first, second = (Month(row["period"]).next.first_day - row["period"] for row in (now, before))
    return float(first.days), float(second.days)


def restricted(rows: pd.DataFrame, metrics: Mapping[str, Metric]) -> "pd.Series[bool]":
    """Which of *rows* are of a metric that is in no release."""
    return rows["metric_id"].map(lambda metric_id: metrics[metric_id].restricted).rename("restricted")


def _is_against_its_rate(now: Number, before: Number, metric: Metric, found: Difference) -> bool:
    """Whether a count and its rate went different ways, beyond chance: no verdict would fit the difference shown."""
    if metric.statistic != "count" or found.p_value > false_discoveries.RATE:
        return False
    first, second = _exposures(now.row, before.row)
    return bool((now.row["numerator"] / first - before.row["numerator"] / second) * found.difference <= 0)


def _judged(rows: pd.DataFrame, metrics: Mapping[str, Metric]) -> pd.DataFrame:
    """The rows with q and verdict. A family is one comparison over the metrics of one standing at one level.

    What is not published is no part of the families that are.
    """
    tested = rows[rows["p_value"].notna()]
    standings = tested["metric_id"].map(lambda metric_id: metrics[metric_id].standing)
    for _, family in tested.groupby(["comparison", "level", standings, restricted(tested, metrics)]):
        rows.loc[family.index, "q_value"] = false_discoveries.q_values(family["p_value"].to_numpy(dtype=float))
    is_seen = (rows["q_value"] <= false_discoveries.RATE) & (rows["difference"] != 0)
    rows.loc[tested.index, "verdict"] = "no_evidence"
    rows.loc[is_seen, "verdict"] = [
        VERDICTS.get((metrics[metric_id].direction, difference > 0), "changed_up" if difference > 0 else "changed_down")
        for metric_id, difference in rows.loc[is_seen, ["metric_id", "difference"]].itertuples(index=False)
    ]
    return rows
