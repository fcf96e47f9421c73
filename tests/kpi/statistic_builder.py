"""Numbers with the opening days behind them, for tests of what is computed from numbers."""

from datetime import date

import numpy as np

from kpi.changes import Number, Numbers
from kpi.opening_days import Cell

MONTH = date(2026, 10, 1)


def number(metric_id, level_id, value, count, cell=None, **changes):
    """A number of *count* answers, device feedback of a service point, with an interval."""
    row = {
        "metric_id": metric_id,
        "metric_version": 1,
        "period": MONTH,
        "level": "service_point",
        "level_id": level_id,
        "collection_mode": "device",
        "value": value,
        "lower_bound": None if value is None else value - 0.1,
        "upper_bound": None if value is None else value + 0.1,
        "observation_count": count,
        "numerator": None if value is None else value * count,
        "denominator": count,
        "sum_of_squares": None,
        "status_reason": None,
        "is_few": count is not None and count < 10,
        "completeness_minutes_share": None,
        "completeness_sources_share": None,
        "measured_minutes": None,
        "opening_minutes": None,
        "opening_day_count": 20,
    }
    return Number(row | changes, cell)


def numbers(*found, scales=None, longer=None):
    by_place = {}
    for one in found:
        place = tuple(one.row[name] for name in ("period", "metric_id", "level", "level_id"))
        by_place.setdefault(place, {})[one.row["collection_mode"]] = one
    return Numbers(by_place, frozenset(one.row["period"] for one in found), scales or {}, longer or {})


def cell_of(waits_by_day, called_by_day=None, stratum=0):
    """A cell of waits in seconds, one list a day."""
    days = np.repeat(np.arange(len(waits_by_day)), [len(waits) for waits in waits_by_day])
    seconds = np.concatenate(waits_by_day).astype(float)
    called = np.ones(len(seconds)) if called_by_day is None else np.concatenate(called_by_day).astype(float)
    return Cell(days, np.full(len(waits_by_day), stratum), seconds, called, np.ones(len(seconds)))
