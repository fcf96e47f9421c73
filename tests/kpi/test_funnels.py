"""Funnel limits by size class: textbook values, clustered days, and no ranking."""

import numpy as np
import pytest
from metric_builder import metric
from scipy import stats
from statistic_builder import MONTH, number, numbers

from kpi import funnels
from kpi.opening_days import Cell

METRICS = {
    "share": metric(metric_id="share", interval="persons", statistic="ratio", unit="share"),
    "mean": metric(metric_id="mean", interval="persons", statistic="mean", unit="score_1_5"),
    "rate": metric(metric_id="rate", interval="poisson", statistic="rate", unit="per_1000_visits", per=1000),
    "left": metric(metric_id="left", statistic="ratio", unit="share"),
    "median": metric(metric_id="median", statistic="km_quantile", quantile=0.5, unit="minutes"),
}


def of_class(metric_id, value, count, **changes):
    return number(metric_id, "S", value, count, level="size_class", **changes)


def funnel(point, peers):
    found = funnels.funnel(numbers(point, peers), {"a": "S"}, METRICS, MONTH)
    return found.to_dict("records")


@pytest.mark.parametrize(
    ("value", "position"),
    [
        (0.80, "inside_95"),
        (0.72, "inside_95"),  # 0.8 - 1.96 * 0.04 = 0.7216 is the limit
        (0.71, "below_95"),
        (0.67, "below_998"),  # 0.8 - 3.09 * 0.04 = 0.6764
        (0.89, "above_95"),
        (0.93, "above_998"),
    ],
)
def test_a_share_lies_inside_or_outside_the_limits_of_its_class(value, position):
    [row] = funnel(number("share", "a", value + 0.0017, 100), of_class("share", 0.8, 5000))

    assert row["position"] == position
    assert (row["lower_95"], row["upper_95"]) == pytest.approx((0.7216, 0.8784), abs=1e-4)
    assert (row["lower_998"], row["upper_998"]) == pytest.approx((0.6764, 0.9236), abs=1e-4)


def test_few_cases_have_the_limits_of_the_binomial_distribution():
    [row] = funnel(number("share", "a", 0.1, 20), of_class("share", 0.05, 5000))

    assert row["lower_95"] == 0
    assert row["upper_95"] * 20 == pytest.approx(stats.binom.ppf(0.975, 20, 0.05))
    assert row["upper_998"] * 20 == pytest.approx(stats.binom.ppf(0.999, 20, 0.05))


def test_rates_have_the_limits_of_the_poisson_distribution():
    [row] = funnel(
        number("rate", "a", 30.0, 12, numerator=12, denominator=400.0),
        of_class("rate", 10.0, 500, denominator=50_000.0),
    )

    # four are expected
    assert row["upper_95"] * 0.4 == pytest.approx(stats.poisson.ppf(0.975, 4))
    assert row["lower_95"] * 0.4 == pytest.approx(stats.poisson.ppf(0.025, 4))
    assert row["position"] == "above_998"


def test_a_mean_has_the_spread_of_its_class_and_stays_on_the_scale():
    peers = of_class("mean", 4.5, 1000, numerator=4500.0, denominator=1000.0, sum_of_squares=21250.0)  # variance 1
    [row] = funnel(number("mean", "a", 4.5, 25), peers)

    assert (row["lower_95"], row["upper_95"]) == pytest.approx((4.5 - 1.96 / 5, 4.5 + 1.96 / 5), abs=1e-3)
    assert row["upper_998"] == 5


def test_days_that_differ_widen_the_funnel():
    days, zeros = np.arange(20), np.zeros(20)
    trials = np.full(20, 10.0)
    calm = Cell(days, zeros.astype(int), zeros, np.tile([2.0, 2.0], 10), trials)
    wild = Cell(days, zeros.astype(int), zeros, np.tile([0.0, 4.0], 10), trials)
    peers = of_class("left", 0.2, 9000)
    widths = [
        row["upper_95"] - row["lower_95"]
        for cell in (calm, wild)
        for row in funnel(number("left", "a", 0.2, 200, cell), peers)
    ]

    assert widths[1] > 1.3 * widths[0]


def test_a_median_or_a_number_without_interval_has_no_funnel():
    assert funnel(number("median", "a", 5.0, 100), of_class("median", 6.0, 900)) == []
    assert funnel(number("share", "a", 0.5, 3, lower_bound=None), of_class("share", 0.8, 900)) == []


def test_points_stand_in_the_order_of_their_codes_and_not_of_their_numbers():
    points = [number("share", code, value, 100) for code, value in (("c", 0.9), ("a", 0.7), ("b", 0.8))]
    found = funnels.funnel(numbers(*points, of_class("share", 0.8, 300)), dict.fromkeys("abc", "S"), METRICS, MONTH)

    assert list(found["level_id"]) == ["a", "b", "c"]
    assert not any("rank" in column for column in found.columns)
