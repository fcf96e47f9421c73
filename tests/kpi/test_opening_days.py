"""The opening days behind a number."""

from datetime import date

import pandas as pd
import pytest
from metric_builder import metric

from kpi import opening_days


def component(**changes):
    return {
        "metric_id": "abandonment_rate",
        "metric_version": 1,
        "period": date(2026, 10, 1),
        "service_point_id": "helmi",
        "stratum": "helmi",
        "region_code": "10",
        "size_class": "M",
        "agency_code": "kela",
        "national": "national",
        "collection_mode": "queue_system",
        "opening_date": date(2026, 10, 1),
        "duration_seconds": 0.0,
        "numerator": 1.0,
        "denominator": 10.0,
    } | changes


def cells(*components):
    found = opening_days.cells(pd.DataFrame(components))
    return {(key[3], key[4]): cell for key, cell in found}


def test_agencies_of_one_day_are_one_opening_day_at_the_point_and_their_own_at_the_agency():
    found = cells(component(), component(agency_code="vero"), component(opening_date=date(2026, 10, 2)))

    assert len(found["service_point", "helmi"].strata) == 2
    assert len(found["agency", "vero"].strata) == 1
    assert list(found["service_point", "helmi"].denominator) == [20, 10]


def test_the_same_date_at_two_points_is_two_opening_days():
    found = cells(component(), component(service_point_id="onni", stratum="onni"))

    assert len(found["national", "national"].strata) == 2


def test_a_day_before_the_point_had_a_region_counts_where_the_metric_counts_it():
    found = cells(component(), component(opening_date=date(2026, 10, 2), region_code=None, size_class=None))

    assert found["region", "10"].denominator.sum() == 10
    assert found["service_point", "helmi"].denominator.sum() == 20
    assert found["national", "national"].denominator.sum() == 20


def ten_days(**changes):
    rows = [component(opening_date=date(2026, 10, day), numerator=float(day % 4), **changes) for day in range(1, 11)]
    return cells(*rows)["service_point", "helmi"]


@pytest.mark.parametrize(
    ("statistic", "method"),
    [("ratio", "clustered_ratio"), ("mean", "clustered_mean"), ("quotient", "clustered_quotient")],
)
def test_each_statistic_by_opening_day_has_its_interval(statistic, method):
    found = opening_days.interval_of(ten_days(), metric(statistic=statistic, unit="share"), ("a_metric",))

    assert found.method == method
    assert found.lower < 15 / 100 < found.upper


def test_a_quantile_is_bounded_in_the_unit_of_its_metric():
    by_unit = {
        unit: opening_days.interval_of(
            ten_days(duration_seconds=7200.0), metric(statistic="km_quantile", quantile=0.1, unit=unit), ("a_metric",)
        )
        for unit in ("minutes", "hours")
    }

    assert (by_unit["minutes"].lower, by_unit["hours"].lower) == (120, 2)


def test_a_statistic_without_an_interval_by_opening_day_is_named():
    with pytest.raises(ValueError, match="a_metric: there is no interval by opening day for the statistic count"):
        opening_days.interval_of(ten_days(), metric(statistic="count", unit="count"), ("a_metric",))
