"""From metric values to observations: each number with its interval, its n, its statuses and its completeness."""

import math
from collections.abc import Mapping
from typing import Any, cast

import pandas as pd

from kpi import intervals, opening_days
from kpi.intervals import Interval
from kpi.metric_catalogue import Metric
from kpi.opening_days import Cell, CellKey

KEY = ["metric_id", "metric_version", "period", "level", "level_id", "collection_mode"]
# A column without any value would have no type.
TYPES = {
    **dict.fromkeys(("value", "lower_bound", "upper_bound", "numerator", "denominator", "sum_of_squares"), "float64"),
    **dict.fromkeys(("completeness_minutes_share", "completeness_sources_share"), "float64"),
    **dict.fromkeys(("measured_minutes", "opening_minutes"), "float64"),
    **dict.fromkeys(("observation_count", "cluster_count"), "Int64"),
}
# What the comparison of two numbers rests on besides, and is not published.
BASES = ["sum_of_squares", "measured_minutes", "opening_minutes", "is_few"]
# SDMX CL_OBS_STATUS: A normal, P provisional, U low reliability, M missing because data cannot exist, L missing though
# data exist, for they were not collected.
STATUS_OF_RELEASE = {"final": "A", "provisional": "P"}
LOW_RELIABILITY = "U"
MISSING = {
    **dict.fromkeys(("closed", "no_observations", "nothing_to_divide_by"), "M"),
    **dict.fromkeys(("no_source", "no_wave", "not_delivered", "dead_device"), "L"),
    **dict.fromkeys(("partly_measured", "partly_delivered"), "L"),
}
# A number of less of its opening time, or of fewer of its sources, is not reliable; the gates warn of the same share.
LEAST_MEASURED_SHARE = 0.8
MEASURED = ["completeness_minutes_share", "completeness_sources_share", "measured_minutes", "opening_minutes"]
# SDMX CL_CONF_STATUS: F free. Suppression will decide which observations are not.
FREE = "F"
SCALES = {"score_1_5": (1.0, 5.0)}
# Nothing counted is a number too; how uncertain it is, its interval says.
NEVER_FEW = ("count", "sum", "rate")


def observed(
    values: pd.DataFrame,
    by_day: Mapping[CellKey, Cell],
    completeness: pd.DataFrame,
    metrics: Mapping[tuple[str, int], Metric],
    status: str,
    gate_verdict: str,
) -> pd.DataFrame:
    """One row per metric value, with the columns of publish.estimate but month and cutoff, and with BASES.

    *metrics* has every version of a metric that has a value, by id and version.
    *completeness* has the two shares and the minutes by period, level, level_id, source_family and collection_mode.
    """
    month = values["period"].max()
    rows = [
        # The month before counts what came before it was final, whatever the status of the month.
        _observation(value, metrics[_version(value)], by_day, status if value["period"] == month else "final")
        for value in records(_with_completeness(values, completeness, metrics))
    ]
    return pd.DataFrame(rows).assign(confidentiality_status=FREE, gate_verdict=gate_verdict).astype(TYPES)


def _with_completeness(
    values: pd.DataFrame, completeness: pd.DataFrame, metrics: Mapping[tuple[str, int], Metric]
) -> pd.DataFrame:
    families = {metric.metric_id: metric.source_family for metric in metrics.values()}
    place = ["period", "level", "level_id"]
    is_of_visits = (completeness["source_family"] == "queue") & (completeness["collection_mode"] == "queue_system")
    of_visits = completeness.loc[is_of_visits, [*place, "completeness_minutes_share"]]
    return (
        values.assign(source_family=values["metric_id"].map(families))
        .merge(completeness, how="left", on=[*place, "source_family", "collection_mode"])
        .merge(of_visits, how="left", on=place, suffixes=("", "_of_visits"))
    )


def _version(value: Mapping[str, Any]) -> tuple[str, int]:
    return value["metric_id"], value["metric_version"]


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of *frame*, with None where nothing is."""
    return cast(list[dict[str, Any]], frame.astype(object).where(frame.notna(), None).to_dict("records"))


def _observation(value: dict[str, Any], metric: Metric, by_day: Mapping[CellKey, Cell], status: str) -> dict[str, Any]:
    key = cast(CellKey, tuple(value[name] for name in KEY))
    cell = by_day.get(key)
    counted = observation_count(value, metric)
    interval = interval_of(value, metric, cell, key) if value["value_status"] == "observed" else Interval()
    return {
        **dict(zip(KEY, key, strict=True)),
        "value": value["value"],
        "lower_bound": interval.lower,
        "upper_bound": interval.upper,
        "observation_count": counted,
        "numerator": value["numerator"],
        "denominator": value["denominator"],
        "sum_of_squares": value["sum_of_squares"],
        "cluster_count": None if cell is None else len(cell.strata),
        "interval_method": interval.method,
        **{name: value[name] for name in MEASURED},
        **_statuses(value, metric, counted, interval, status),
    }


def observation_count(value: dict[str, Any], metric: Metric) -> int | None:
    """What the number rests on: events, answers, tickets; opening days where it is a share of time and no sample."""
    match (metric.interval, metric.statistic):
        case ("none", "ratio") | (_, "sum"):
            counted = value["opening_day_count"]
        case (_, "count" | "rate"):
            counted = value["numerator"]
        case (_, "quotient"):
            counted = None if value["numerator"] is None else value["numerator"] + (value["denominator"] or 0)
        case _:
            counted = value["denominator"]
    return None if counted is None else round(counted)


def _statuses(
    value: dict[str, Any], metric: Metric, counted: int | None, interval: Interval, status: str
) -> dict[str, str | bool | None]:
    """The observation status and the one reason that explains most: missing, out of range, no interval, few, partly."""
    partly = _partly(value, metric)
    if value["value_status"] == "no_data":
        reason = _why_missing(value, partly)
        return {"observation_status": MISSING[reason], "status_reason": reason, "is_few": False}
    few = metric.statistic not in NEVER_FEW and counted is not None and counted < metric.minimum_observation_count
    out_of_range = "beyond_range" if value["value_status"] == "beyond_range" else None
    return {
        "observation_status": LOW_RELIABILITY if few or partly else STATUS_OF_RELEASE[status],
        "status_reason": out_of_range or interval.reason or ("fewer_than_minimum" if few else partly),
        "is_few": few,
    }


def _partly(value: dict[str, Any], metric: Metric) -> str | None:
    """Why a number stands for too little of its month, if it does. Completeness is itself the share."""
    if metric.source_family == "device":
        return None
    minutes, sources = value["completeness_minutes_share"], value["completeness_sources_share"]
    of_visits = value["completeness_minutes_share_of_visits"] if metric.statistic == "rate" else None
    if any(share is not None and share < LEAST_MEASURED_SHARE for share in (minutes, of_visits)):
        return "partly_measured"
    return "partly_delivered" if minutes is None and sources is not None and sources < LEAST_MEASURED_SHARE else None


def _why_missing(value: dict[str, Any], partly: str | None) -> str:
    """The warehouse's reason; but a device that reports every hour and was silent all month is a dead one."""
    match value["missing_reason"], value["completeness_minutes_share"]:
        case "not_delivered", 0:
            return "dead_device"
        case "no_observations", _ if partly:
            return partly
    return str(value["missing_reason"])


def interval_of(value: dict[str, Any], metric: Metric, cell: Cell | None, key: CellKey) -> Interval:
    """The interval of *value* by the kind of its metric; *cell* is what its opening days are."""
    match (metric.interval, metric.statistic):
        case ("persons", "ratio"):
            return intervals.share_of_persons(value["numerator"], value["denominator"])
        case ("persons", "mean"):
            sums = (value["numerator"], value["denominator"], value["sum_of_squares"])
            return intervals.mean_of_persons(*sums, *SCALES[metric.unit])
        case ("persons", "quotient"):
            return intervals.quotient_of_persons(value["numerator"], value["denominator"])
        case ("poisson", "count"):
            return intervals.count_of_events(value["numerator"])
        case ("poisson", "rate"):
            return intervals.rate_of_events(value["numerator"], value["denominator"], metric.per or 1)
        case ("opening_days", _):
            return _by_opening_day(value, metric, cell, key)
        case ("none", _):
            return Interval()
    raise ValueError(f"{metric.metric_id}: no interval {metric.interval} for the statistic {metric.statistic}")


def _by_opening_day(value: dict[str, Any], metric: Metric, cell: Cell | None, key: CellKey) -> Interval:
    """The interval of *cell*, held to contain the value; its days have to add up to what the value is made of."""
    assert cell is not None, f"{key} has a value and no opening day"
    for part, days in (("numerator", cell.numerator), ("denominator", cell.denominator)):
        assert math.isclose(days.sum(), value[part], rel_tol=1e-6), f"{key}: {part} differs from its days"
    interval = opening_days.interval_of(cell, metric, key)
    if interval.lower is None:
        return interval
    upper = None if interval.upper is None else max(interval.upper, value["value"])
    return Interval(min(interval.lower, value["value"]), upper, interval.method)
