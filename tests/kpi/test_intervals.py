"""Intervals: published values, properties, and coverage where answers of a day depend on each other."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi import intervals


@pytest.mark.parametrize(
    ("successes", "trials", "lower", "upper"),
    [(8, 10, 0.49, 0.94), (24, 30, 0.63, 0.91), (80, 100, 0.71, 0.87), (240, 300, 0.75, 0.84)],
)
def test_wilson_agrees_with_published_values(successes, trials, lower, upper):
    # published in whole per cent, 90.49 as 91
    assert intervals.wilson(successes, trials) == pytest.approx((lower, upper), abs=0.0052)


def test_a_mean_agrees_with_the_textbook_interval():
    # 4, 5, 3, 5, 4: mean 4.2, standard deviation 0.83666, t(4) = 2.77645
    interval = intervals.mean_of_persons(21, 5, 91, 1, 5)

    assert interval.lower == pytest.approx(4.2 - 2.77645 * 0.83666 / 5**0.5, abs=1e-4)
    assert interval.upper == 5


def test_equal_answers_do_not_make_a_certain_mean():
    interval = intervals.mean_of_persons(20, 4, 100, 1, 5)

    assert interval.upper == 5
    assert interval.lower < 4


def test_a_count_agrees_with_exact_poisson_tables():
    assert intervals.count_of_events(0).upper == pytest.approx(3.689, abs=0.001)
    assert intervals.count_of_events(10).lower == pytest.approx(4.795, abs=0.001)
    assert intervals.count_of_events(10).upper == pytest.approx(18.390, abs=0.001)


def test_fewer_than_five_days_give_no_interval():
    interval = intervals.share_by_opening_day(np.zeros(4, dtype=int), np.full(4, 9.0), np.full(4, 10.0))

    assert interval == intervals.Interval(reason="fewer_than_5_days")


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_share_of_none_or_all_has_an_interval_wide_enough_for_days_that_depend(share):
    denominator = np.full(20, 25.0)
    extreme = intervals.share_by_opening_day(np.zeros(20, dtype=int), denominator * share, denominator)
    naive = intervals.wilson(500 * share, 500)

    assert 0 <= extreme.lower <= share <= extreme.upper <= 1
    assert 2 * (naive[1] - naive[0]) < extreme.upper - extreme.lower < 0.05


def test_points_with_a_single_day_are_compared_with_each_other():
    shares = np.array([0.2, 0.9, 0.5, 0.4, 0.8])
    alone = intervals.share_by_opening_day(np.arange(5), shares * 10, np.full(5, 10.0))
    together = intervals.share_by_opening_day(np.zeros(5, dtype=int), shares * 10, np.full(5, 10.0))

    assert alone == together


def test_differences_between_points_do_not_widen_an_interval_over_points():
    strata = np.repeat([0, 1], 10)
    numerator = np.where(strata == 0, 5.0, 15.0) + np.tile([-1.0, 1.0], 10)
    stratified = intervals.share_by_opening_day(strata, numerator, np.full(20, 20.0))
    ignored = intervals.share_by_opening_day(np.zeros(20, dtype=int), numerator, np.full(20, 20.0))

    assert stratified.upper - stratified.lower < 0.75 * (ignored.upper - ignored.lower)


days = st.lists(
    st.tuples(st.integers(0, 3), st.integers(1, 40)).flatmap(
        lambda day: st.tuples(st.just(day[0]), st.integers(0, day[1]), st.just(day[1]))
    ),
    min_size=5,
    max_size=30,
)


@given(days, st.randoms())
def test_a_clustered_share_stays_in_range_around_its_value_in_whatever_order_the_days_come(rows, random):
    shuffled = random.sample(rows, len(rows))
    first, second = (
        intervals.share_by_opening_day(
            np.array([row[0] for row in order]),
            np.array([row[1] for row in order], dtype=float),
            np.array([row[2] for row in order], dtype=float),
        )
        for order in (rows, shuffled)
    )
    value = sum(row[1] for row in rows) / sum(row[2] for row in rows)

    assert 0 <= first.lower <= value + 1e-12
    assert value - 1e-12 <= first.upper <= 1
    assert (first.lower, first.upper) == pytest.approx((second.lower, second.upper))


@given(st.lists(st.integers(1, 5), min_size=2, max_size=60))
def test_an_interval_of_a_mean_holds_the_mean_and_stays_on_the_scale(scores):
    interval = intervals.mean_of_persons(sum(scores), len(scores), sum(score**2 for score in scores), 1, 5)

    assert 1 <= interval.lower <= sum(scores) / len(scores) <= interval.upper <= 5


def test_intervals_by_opening_day_cover_95_percent_where_naive_ones_do_not():
    generator = np.random.default_rng(20261001)
    truth, day_count, run_count = 0.8, 21, 1500
    by_day = naive = 0

    for _ in range(run_count):
        denominator = generator.poisson(35, day_count) + 1.0
        share_of_day = generator.beta(truth * 4, (1 - truth) * 4, day_count)  # correlation within a day: 0.2
        numerator = generator.binomial(denominator.astype(int), share_of_day).astype(float)
        interval = intervals.share_by_opening_day(np.zeros(day_count, dtype=int), numerator, denominator)
        by_day += interval.lower <= truth <= interval.upper
        lower, upper = intervals.wilson(numerator.sum(), denominator.sum())
        naive += lower <= truth <= upper

    assert naive / run_count < 0.65
    assert 0.93 <= by_day / run_count <= 0.97
