"""Targets: whether a number has reached the one that was agreed for it, as far as its interval lets it be said."""

from collections.abc import Mapping
from datetime import date
from math import inf
from typing import Any

import pandas as pd

from kpi import observations
from kpi.metric_catalogue import Metric

AGREED = "agreed"
PLACE = ["metric_id", "level", "level_id"]
COLUMNS = (*observations.KEY, "target_status", "target_value", "verdict", "reason")
Row = Mapping[str, Any]


def judged(observed: pd.DataFrame, targets: pd.DataFrame, metrics: Mapping[str, Metric], month: date) -> pd.DataFrame:
    """One row per number of *month* with a target: publish.target_estimate without month and cutoff.

    *targets* by metric, level and what is at it. Without an agreed target there is no verdict.
    """
    numbers = observed[observed["period"] == month].merge(targets, on=PLACE)
    rows = []
    for row in observations.records(numbers):
        is_agreed = row["target_status"] == AGREED
        verdict, reason = judge(row, metrics[row["metric_id"]]) if is_agreed else (None, None)
        rows.append({**row, "verdict": verdict, "reason": reason})
    return pd.DataFrame(rows, columns=list(COLUMNS))


def judge(row: Row, metric: Metric) -> tuple[str, str | None]:
    """reached, not_reached or cannot_say, the last with its reason; *row* has a value, its bounds and target_value.

    What is no sample has no interval: its value decides. A bound that does not exist is beyond every target.
    """
    if metric.direction not in ("higher", "lower"):
        return "cannot_say", "no_direction"
    if row["status_reason"]:  # missing, out of range, without an interval or of too few
        return "cannot_say", row["status_reason"]
    names = ("value", "value") if metric.interval == "none" else ("lower_bound", "upper_bound")
    lower, upper = (row[name] for name in names)
    lower, upper = -inf if lower is None else lower, inf if upper is None else upper
    target = row["target_value"]
    is_lower_better = metric.direction == "lower"
    if upper <= target if is_lower_better else lower >= target:
        return "reached", None
    if lower > target if is_lower_better else upper < target:
        return "not_reached", None
    return "cannot_say", "interval_spans_target"
