"""Few observations: pooled over months, or drawn towards the points of the size class."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from metric_builder import metric
from statistic_builder import MONTH, cell_of, number, numbers

from kpi import small_points

METRICS = {
    "share": metric(metric_id="share", interval="persons", statistic="ratio", unit="share"),
    "mean": metric(metric_id="mean", interval="persons", statistic="mean", unit="score_1_5"),
    "median": metric(metric_id="median", statistic="km_quantile", quantile=0.5, unit="minutes"),
    "left": metric(metric_id="left", statistic="ratio", unit="share"),
}
CLASSES = dict.fromkeys(("a", "b", "c", "d", "e", "f"), "S")


def test_the_variance_between_points_is_that_of_a_hand_computation():
    # weights 100, 100, 50; centre 0.624; Q = 100 * 0.224^2 + 100 * 0.176^2 + 50 * 0.096^2 = 8.576
    # 8.576 - 2 over 250 - 22500 / 250 = 160
    values, variances = np.array([0.4, 0.8, 0.72]), np.array([0.01, 0.01, 0.02])

    assert small_points.variance_between(values, variances) == pytest.approx((8.576 - 2) / 160)


def test_a_point_is_drawn_as_far_as_a_hand_computation_says():
    # Q = 100 * (0.04 + 0.04) = 8, so (8 - 4) / (500 - 100) = 0.01 lies between points: as much as chance.
    # Half of a number is its peers', less as the variance is an estimate of five points: half of it, by 2 / 4.
    found = small_points.shrunk(np.array([0.3, 0.7, 0.5, 0.5, 0.5]), np.full(5, 0.01), (0, 1))

    assert [one.value for one in found] == pytest.approx([0.35, 0.65, 0.5, 0.5, 0.5])
    assert (found[0].own_weight, found[0].peer_value) == pytest.approx((0.75, 0.5))
    # 0.01 * 0.75 + 0.0625 * 0.004 + 2 / 2 * 0.0625 * 0.04 = 0.01025
    assert found[0].upper - found[0].value == pytest.approx(1.95996 * 0.01025**0.5, rel=1e-4)


def test_points_that_differ_by_chance_alone_keep_no_more_than_what_is_not_known():
    found = small_points.shrunk(np.full(23, 0.5) + np.tile([0.01, -0.01], 12)[:23], np.full(23, 0.01), (0, 1))

    assert {round(one.own_weight, 9) for one in found} == {round(2 / 22, 9)}


def test_shrunk_numbers_are_nearer_the_truth_and_their_intervals_cover_it():
    generator = np.random.default_rng(20261103)
    own_error = shrunk_error = covered = 0.0

    for _ in range(300):
        counts = generator.integers(6, 60, 25)
        truth = generator.beta(40, 10, 25)
        cases = generator.binomial(counts, truth)
        centre = cases.sum() / counts.sum()
        found = small_points.shrunk(cases / counts, centre * (1 - centre) / counts, (0, 1))
        estimates, bounds = np.array([one.value for one in found]), [(one.lower, one.upper) for one in found]
        own_error += ((cases / counts - truth) ** 2).mean()
        shrunk_error += ((estimates - truth) ** 2).mean()
        covered += np.mean([low <= true <= high for (low, high), true in zip(bounds, truth, strict=True)])

    assert shrunk_error < 0.6 * own_error
    assert 0.90 <= covered / 300 <= 0.97


def shares(**counts):
    return [number("share", point, cases / count, count) for point, (cases, count) in counts.items()]


def test_only_a_small_point_is_drawn_and_its_own_number_stands_beside():
    found = small_points.shrunk_rows(
        numbers(*shares(a=(2, 4), b=(80, 100), c=(60, 100), d=(90, 100), e=(70, 100))), CLASSES, METRICS, MONTH
    )

    assert [(row["level_id"], row["method"], row["own_value"]) for row in found] == [("a", "shrunk", 0.5)]
    assert 0.5 < found[0]["value"] < found[0]["peer_value"]
    assert (found[0]["peer_group"], found[0]["observation_count"]) == ("S", 4)


def test_four_points_are_too_few_to_learn_from():
    few = numbers(*shares(a=(2, 4), b=(80, 100), c=(60, 100), d=(90, 100)))

    assert small_points.shrunk_rows(few, CLASSES, METRICS, MONTH) == []


def pooled(metric_id, *months):
    """*months* from the latest to the earliest as (date, number)."""
    latest = months[0].row
    place = tuple(latest[name] for name in small_points.PLACE)
    by_month = {place: {month.row["period"]: month for month in months}}
    metrics = {metric_id: METRICS[metric_id]}
    return small_points.pooled_rows([latest], by_month, metrics)


def month(metric_id, period, value, count, cell=None, **changes):
    return number(metric_id, "a", value, count, cell, period=period, **changes)


def test_three_months_are_pooled_as_one_sum():
    periods = [date(2026, 10, 1), date(2026, 9, 1), date(2026, 8, 1)]
    values = dict(zip(periods, (0.5, 0.75, 1.0), strict=True))
    [row] = pooled("share", *(month("share", period, value, 8) for period, value in values.items()))

    assert (row["method"], row["value"], row["observation_count"]) == ("pooled_3_months", 0.75, 24)
    assert (row["own_value"], row["own_observation_count"]) == (0.5, 8)
    assert row["lower_bound"] < 0.75 < row["upper_bound"]


def test_months_that_are_not_there_are_not_pooled_over():
    assert pooled("share", month("share", MONTH, 0.5, 8), month("share", date(2026, 8, 1), 0.5, 80)) == []


def test_what_is_too_few_even_together_is_not_pooled():
    periods = [date(2026, 10, 1), date(2026, 9, 1), date(2026, 8, 1)]

    assert pooled("share", *(month("share", period, 1.0, 3) for period in periods)) == []


def test_a_month_of_another_definition_is_not_pooled_with():
    periods = [date(2026, 9, 1), date(2026, 8, 1)]
    old = [month("share", period, 0.5, 8, metric_version=2) for period in periods]
    latest = month("share", MONTH, 0.5, 8)
    by_month = {}
    for one in (latest, *old):
        by_month.setdefault(tuple(one.row[name] for name in small_points.PLACE), {})[one.row["period"]] = one

    assert small_points.pooled_rows([latest.row], by_month, METRICS) == []


def test_a_pooled_median_is_that_of_all_waits_with_an_interval_by_opening_day():
    waits = {date(2026, 10, 1): [[60], [120]], date(2026, 9, 1): [[600], [660]], date(2026, 8, 1): [[300], [360]]}
    months = [
        month("median", period, 2.0, 2, cell_of(days), numerator=2.0, denominator=2.0) for period, days in waits.items()
    ]
    small = replace(METRICS["median"], minimum_observation_count=6)
    place = tuple(months[0].row[name] for name in small_points.PLACE)
    by_month = {place: {one.row["period"]: one for one in months}}
    [row] = small_points.pooled_rows([months[0].row], by_month, {"median": small})

    assert row["value"] == 5.5  # between 300 and 360 seconds
    assert row["lower_bound"] < 5.5 < row["upper_bound"]
