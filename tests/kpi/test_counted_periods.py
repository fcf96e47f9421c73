"""Complaints that an agency counts for several months at a time are compared with as many months, or not at all."""

from datetime import date

import pytest
from metric_builder import metric
from statistic_builder import MONTH, number, numbers

from infra.months import Month
from kpi import changes, observations

BEFORE = Month(MONTH).previous.first_day
COUNTED = {"interval": "poisson", "statistic": "count", "unit": "count", "direction": "lower"}
METRICS = {
    metric_id: metric(metric_id=metric_id, source_family=family, **COUNTED)
    for metric_id, family in (("complaint_count", "complaint"), ("contacts", "advice"))
}


def verdict(longer, level_id="kela", metric_id="complaint_count"):
    level = "national" if level_id == "national" else "agency"
    sides = [
        number(metric_id, level_id, value, 1, level=level, period=period)
        for period, value in ((MONTH, 30), (BEFORE, 10))
    ]
    rows = observations.records(changes.changes(numbers(*sides, longer=longer), METRICS, Month(MONTH)))
    return next((row["verdict"], row["reason"]) for row in rows if row["comparison"] == "month")


@pytest.mark.parametrize("level_id", ["kela", "national"])
@pytest.mark.parametrize(
    ("longer", "found"),
    [
        ({}, ("worse", None)),
        ({MONTH: {"kela": 3}}, ("not_comparable", "period_changed")),
        ({BEFORE: {"kela": 3}}, ("not_comparable", "period_changed")),
        ({MONTH: {"kela": 3}, BEFORE: {"kela": 3}}, ("worse", None)),
    ],
)
def test_a_quarter_is_not_compared_with_a_month(level_id, longer, found):
    assert verdict(longer, level_id) == found


def test_the_quarter_of_another_agency_or_of_complaints_is_nothing_to_other_counts():
    longer = {date(2026, 10, 1): {"vero": 3}}

    assert verdict(longer) == ("worse", None)
    assert verdict(longer | {MONTH: {"kela": 3}}, metric_id="contacts") == ("worse", None)
