"""Counts of several points: a point that is silent takes as much from them as it used to have."""

import pandas as pd
import pytest
from metric_builder import metric

from infra.months import parse_month
from kpi import changes, exposures, observations

MONTH = parse_month("2026-10")
BEFORE = MONTH.previous.first_day
METRICS = {
    "visits": metric(
        metric_id="visits", interval="poisson", statistic="count", unit="count", direction="undefined", standing="x"
    )
}
MINUTES = 10_000.0
PLACES = pd.DataFrame(
    [
        {"period": period, "service_point_id": point, "region": "10", "size_class": size, "national": "national"}
        for period in (MONTH.first_day, BEFORE)
        for point, size in (("large", "L"), ("small", "S"))
    ]
)


def month_of(period, large, small, large_minutes=MINUTES):
    """The rows of the region and its two points."""
    minutes = {"large": (large, large_minutes), "small": (small, MINUTES)}
    rows = [("service_point", point, count, measured) for point, (count, measured) in minutes.items()]
    rows.append(("region", "10", large + small, large_minutes + MINUTES))
    return [
        {
            **{"metric_id": "visits", "metric_version": 1, "period": period, "level": level, "level_id": level_id},
            **{"collection_mode": "device", "value": count, "numerator": count, "denominator": None},
            **{"measured_minutes": measured, "opening_minutes": 2 * MINUTES, "sum_of_squares": None},
            **{"lower_bound": 0.0, "upper_bound": 1e6, "observation_count": count, "status_reason": None},
            **dict.fromkeys(changes.COVERAGES),
        }
        for level, level_id, count, measured in rows
    ]


def verdict_of_region(now, before):
    observed = exposures.with_expected(pd.DataFrame([*now, *before]), PLACES, METRICS)
    rows = changes.changes(changes.numbers_of(observed, {}, {}, {}), METRICS, MONTH)
    found = {(row["level"], row["comparison"]): row for row in observations.records(rows)}
    return found["region", "month"]["verdict"], found["region", "month"]["reason"]


@pytest.mark.parametrize(
    ("large_now", "minutes_now", "found"),
    [
        (2250, 7500.0, ("no_evidence", None)),
        (2250, MINUTES, ("changed_down", None)),
        (3300, 8500.0, ("changed_up", None)),
        (2700, 7500.0, ("not_comparable", "coverage_changed")),
    ],
)
def test_a_large_point_that_is_silent_is_no_change_of_its_region(large_now, minutes_now, found):
    now = month_of(MONTH.first_day, large_now, 100, minutes_now)

    assert verdict_of_region(now, month_of(BEFORE, 3000, 100)) == found
