"""Equality: how the customers of a language, an access, a size class or a region differ from all others."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import numpy as np
import pandas as pd

from kpi import changes, false_discoveries, observations, opening_days, scales, wait_quantiles
from kpi.changes import Number, Numbers, Record
from kpi.intervals import FEWEST_DAYS, Interval
from kpi.metric_catalogue import Metric
from kpi.opening_days import SECONDS_OF_UNIT, Cell, CellKey
from kpi.scales import NOT_TOLD

STATISTICS = ("ratio", "mean", "quotient", "rate", "km_quantile")
LEVELS = ("size_class", "region")
# The language of the response or the service, and whether there was an appointment.
BREAKDOWNS = ("language", "access")
SUMS = ["numerator", "denominator", "sum_of_squares"]
COLUMNS = (
    *("metric_id", "metric_version", "period", "collection_mode", "dimension", "group_code", "value"),
    *("observation_count", "others_value", "others_observation_count", "difference", "lower_bound", "upper_bound"),
    *("p_value", "q_value", "test", "reason"),
)
# By metric, version, collection mode and part of a breakdown: its customers, and all others.
Sides = Mapping[tuple[str, int, str, str], tuple[Number, Number]]


def gaps(numbers: Numbers, parts: Mapping[str, Sides], metrics: Mapping[str, Metric], month: date) -> pd.DataFrame:
    """One row per metric, collection mode and group of *month*: publish.equality_gap_estimate without month, cutoff.

    *parts* by breakdown (by_part).
    """
    rows = [
        _gap(numbers, sides, metrics[key[0]], breakdown, key[3])
        for breakdown in parts
        for key, sides in sorted(parts[breakdown].items())
    ]
    for (metric_id, level, mode), groups in sorted(_groups(numbers, metrics, month).items()):
        for number in groups:
            others = [other for other in groups if other is not number]
            if any(other.row["denominator"] for other in others):
                sides = (number, combined(others, metrics[metric_id], mode))
                rows.append(_gap(numbers, sides, metrics[metric_id], level, number.row["level_id"]))
    found = pd.DataFrame(rows, columns=list(COLUMNS)).astype({"p_value": float, "q_value": float})
    tested = found[found["p_value"].notna()]
    for _, family in tested.groupby(["dimension", changes.restricted(tested, metrics)]):
        found.loc[family.index, "q_value"] = false_discoveries.q_values(family["p_value"].to_numpy(dtype=float))
    return found


def _groups(
    numbers: Numbers, metrics: Mapping[str, Metric], month: date
) -> Mapping[tuple[str, str, str], Sequence[Number]]:
    """The numbers of the size classes and of the regions, by metric, level and collection mode."""
    groups: dict[tuple[str, str, str], list[Number]] = {}
    for (period, metric_id, level, _), modes in numbers.by_place.items():
        if period == month and level in LEVELS and metrics[metric_id].statistic in STATISTICS:
            for mode, number in modes.items():
                groups.setdefault((metric_id, level, mode), []).append(number)
    return groups


def _gap(numbers: Numbers, sides: tuple[Number, Number], metric: Metric, dimension: str, code: str) -> Record:
    group, others = sides
    row, rest = group.row, others.row
    missing = next((str(side["status_reason"]) for side in (row, rest) if side["value"] is None), None)
    barrier = missing or _barrier(numbers, group, metric, dimension, code)
    reason = barrier or next(changes.unreliable(group, others, metric), None)
    found = None if reason else changes.difference_of(group, others, metric)
    return {
        **{name: row[name] for name in ("metric_id", "metric_version", "period", "collection_mode")},
        "dimension": dimension,
        "group_code": code,
        "value": row["value"],
        "observation_count": row["observation_count"],
        "others_value": rest["value"],
        "others_observation_count": rest["observation_count"],
        "difference": None if missing else row["value"] - rest["value"],
        "lower_bound": found.lower if found else None,
        "upper_bound": found.upper if found else None,
        "p_value": found.p_value if found else None,
        "q_value": None,
        "test": found.test if found else None,
        "reason": reason,
    }


def _barrier(numbers: Numbers, group: Number, metric: Metric, dimension: str, code: str) -> str | None:
    """Why a group is not compared with the others, whatever their numbers."""
    if code == NOT_TOLD:
        return "group_not_told"
    places = numbers.scales.get((group.row["period"], dimension, group.row["collection_mode"]), {})
    is_apart = scales.differ(places.get(code, {}), scales.of_others(places, code))
    return "scales_differ" if scales.rests_on(metric) and is_apart else None


def combined(parts: Sequence[Number], metric: Metric, mode: str) -> Number:
    """Several groups as one number, with its interval; its days are those of all of them."""
    cells = [part.cell for part in parts if part.cell is not None]
    sums = {name: sum(part.row[name] or 0.0 for part in parts) for name in SUMS}
    head = parts[0].row
    return number_of(
        head["metric_version"], head["period"], mode, sums, opening_days.joined(cells) if cells else None, metric
    )


def number_of(
    version: int, period: date, mode: str, sums: Mapping[str, float], cell: Cell | None, metric: Metric
) -> Number:
    """A number made of its *sums* and opening days."""
    value, interval = _estimated(sums, cell, metric)
    key = (metric.metric_id, version, period, "group", "others", mode)
    return Number(
        {
            **dict(zip(observations.KEY, key, strict=True)),
            **sums,
            "value": value,
            "lower_bound": interval.lower,
            "upper_bound": interval.upper,
            "observation_count": observations.observation_count(
                {**sums, "value": value, "opening_day_count": None}, metric
            ),
            "status_reason": interval.reason or ("no_observations" if value is None else None),
            **dict.fromkeys(("measured_minutes", "opening_minutes", *changes.COVERAGES)),
        },
        cell,
    )


def _estimated(sums: Mapping[str, float], cell: Cell | None, metric: Metric) -> tuple[float | None, Interval]:
    if not sums["denominator"]:
        return None, Interval(reason="no_observations")
    if metric.statistic == "km_quantile" and metric.quantile is not None and cell is not None:
        return _quantile(cell, metric.quantile, SECONDS_OF_UNIT[metric.unit])
    value = (metric.per or 1) * sums["numerator"] / sums["denominator"]
    key: CellKey = (metric.metric_id, metric.version, date.min, "group", "others", "")
    return value, observations.interval_of({**sums, "value": value}, metric, cell, key)


def _quantile(cell: Cell, quantile: float, unit_seconds: float) -> tuple[float | None, Interval]:
    waits = cell.seconds / unit_seconds
    found = wait_quantiles.quantile_of(waits, cell.numerator, cell.denominator, quantile)
    if np.isinf(found):
        return None, Interval(reason="beyond_range")
    if len(cell.strata) < FEWEST_DAYS:
        return found, Interval(reason="fewer_than_5_days")
    left = cell.denominator - cell.numerator
    return found, wait_quantiles.woodruff(cell.days, cell.strata, waits, cell.numerator, left, quantile)


def compared_by(breakdown: str, metrics: Mapping[str, Metric]) -> list[str]:
    """The metrics that have parts by *breakdown* and a number that does not grow with the group."""
    return [
        metric.metric_id
        for metric in metrics.values()
        if breakdown in metric.breakdowns and metric.statistic in STATISTICS
    ]


def by_part(components: pd.DataFrame, metrics: Mapping[str, Metric]) -> Sides:
    """Each part of a breakdown against all others, from its *components* (read_parts).

    Who did not tell a language is of no other: their number stands alone.
    Of a metric with several versions those of the one in *metrics*, which is in force.
    """
    sides: dict[tuple[str, int, str, str], tuple[Number, Number]] = {}
    in_force = pd.MultiIndex.from_tuples([(metric.metric_id, metric.version) for metric in metrics.values()])
    versions = pd.MultiIndex.from_frame(components[["metric_id", "metric_version"]])
    components = components[versions.isin(in_force)]
    for part in sorted(components["part"].unique()):
        compared = components[components["part"].isin([part]) | (components["part"] != NOT_TOLD)]
        sided = compared.assign(side=np.where(compared["part"] == part, "own", "others"))
        found = _by_side(sided, metrics)
        for metric_id, version, mode, side in found:
            if side == "own" and (metric_id, version, mode, "others") in found:
                pair = found[metric_id, version, mode, "own"], found[metric_id, version, mode, "others"]
                sides[metric_id, version, mode, part] = pair
    return sides


def _by_side(sided: pd.DataFrame, metrics: Mapping[str, Metric]) -> Mapping[tuple[str, int, str, str], Number]:
    keys = ["metric_id", "metric_version", "period", "side", "collection_mode"]
    days = sided[sided["metric_id"].isin(_clustered(metrics))]
    cells = dict(opening_days.cells_of_level(days, "side", keys))
    sums = sided.groupby(keys, as_index=False)[SUMS].sum()
    return {
        (row["metric_id"], row["metric_version"], row["collection_mode"], row["side"]): number_of(
            row["metric_version"],
            row["period"],
            row["collection_mode"],
            {name: row[name] for name in SUMS},
            cells.get((*[row[name] for name in keys[:3]], "side", row["side"], row["collection_mode"])),
            metrics[row["metric_id"]],
        )
        for row in observations.records(sums)
    }


def _clustered(metrics: Mapping[str, Metric]) -> Iterable[str]:
    return [metric.metric_id for metric in metrics.values() if metric.interval == "opening_days"]
