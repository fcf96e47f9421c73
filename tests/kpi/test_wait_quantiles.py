"""Kaplan-Meier quantiles and their bootstrap intervals over opening days."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi import wait_quantiles
from kpi.intervals import Interval


def quantile(waits, called, left, share=0.5):
    row = np.array([called], dtype=float), np.array([left], dtype=float)
    return wait_quantiles.kaplan_meier_quantile(np.array(waits, dtype=float), *row, share)[0]


def test_customers_who_leave_while_waiting_lengthen_the_median():
    # at risk 5, 4, 3, 2, 1: S = 0.8, 0.8, 0.533, 0.267: half are called by 40
    assert quantile([10, 20, 30, 40, 50], [1, 0, 1, 1, 1], [0, 1, 0, 0, 0]) == 40
    assert quantile([10, 30, 40, 50], [1, 1, 1, 1], [0, 0, 0, 0]) == 35


def test_a_level_stretch_at_the_quantile_gives_its_middle_even_when_the_curve_ends_in_it():
    assert quantile([10, 20], [1, 0], [0, 1]) == 15


def test_a_quantile_that_is_not_reached_is_infinite():
    assert quantile([10, 20], [1, 0], [0, 2]) == np.inf


def simulated_days(generator, day_count, tickets=30):
    """(days, waits, called, left) of days that have slow and quick days, with patience."""
    days = np.repeat(np.arange(day_count), tickets)
    pace = generator.normal(0, 0.5, day_count)[days]
    waits = np.round(np.exp(6 + pace + generator.normal(0, 0.8, len(days))))
    patience = np.round(generator.exponential(4000, len(days)))
    return days, np.minimum(waits, patience), (waits <= patience) * 1.0, (waits > patience) * 1.0


def interval_of(day_rows, day_count=20, key="cell"):
    days, *measures = day_rows
    return wait_quantiles.quantile_by_opening_day(days, np.zeros(day_count, dtype=int), *measures, 0.5, key)


def test_the_same_cell_always_gets_the_same_interval_and_another_cell_other_draws():
    rows = simulated_days(np.random.default_rng(1), 20)

    assert interval_of(rows) == interval_of(rows)
    assert interval_of(rows) != interval_of(rows, key="another cell")


def test_fewer_than_five_days_give_no_interval():
    assert interval_of(simulated_days(np.random.default_rng(1), 4), 4) == Interval(reason="fewer_than_5_days")


def test_an_upper_bound_that_is_not_reached_is_left_open():
    days = np.repeat(np.arange(6), 2)
    waits = np.tile([60.0, 600.0], 6)
    called = np.tile([11.0, 0.0], 6)
    left = np.tile([0.0, 9.0], 6)
    left[1] = 30.0

    interval = interval_of((days, waits, called, left), 6)

    assert (interval.lower, interval.upper) == (60, None)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_order_of_rows_does_not_matter(seed):
    generator = np.random.default_rng(seed)
    rows = simulated_days(generator, 8, 6)
    order = generator.permutation(len(rows[0]))

    assert interval_of(rows, 8) == interval_of(tuple(column[order] for column in rows), 8)


def test_intervals_by_opening_day_cover_the_median_where_a_bootstrap_over_tickets_does_not():
    generator = np.random.default_rng(20261002)
    truth = np.exp(6)  # the median over slow and quick days together
    by_day = by_ticket = 0

    for run in range(160):
        rows = simulated_days(generator, 15)
        interval = interval_of(rows, 15, f"run {run}")
        by_day += interval.lower <= truth <= interval.upper
        if run < 50:
            naive = interval_of((np.arange(len(rows[0])), *rows[1:]), len(rows[0]), f"run {run}")
            by_ticket += naive.lower <= truth <= naive.upper

    assert by_ticket / 50 < 0.75
    assert 0.91 <= by_day / 160 <= 0.985


def test_many_days_of_many_points_have_bounds_as_wide_as_the_bootstraps(monkeypatch):
    generator = np.random.default_rng(20261107)
    rows, strata = simulated_days(generator, 120), np.repeat(np.arange(8), 15)
    of_many = wait_quantiles.quantile_by_opening_day(rows[0], strata, *rows[1:], 0.5, "cell")
    monkeypatch.setattr(wait_quantiles, "MANY_DAYS", 121)
    bootstrapped = wait_quantiles.quantile_by_opening_day(rows[0], strata, *rows[1:], 0.5, "cell")

    assert (of_many.method, bootstrapped.method) == ("clustered_woodruff", "clustered_bootstrap")
    assert 0.85 < (of_many.upper - of_many.lower) / (bootstrapped.upper - bootstrapped.lower) < 1.2


def test_woodruffs_bounds_cover_the_median_of_many_days():
    generator = np.random.default_rng(20261108)
    truth, covered = np.exp(6), 0
    strata = np.repeat(np.arange(8), 15)

    for _ in range(400):
        rows = simulated_days(generator, 120, 12)
        interval = wait_quantiles.quantile_by_opening_day(rows[0], strata, *rows[1:], 0.5, "cell")
        covered += interval.lower <= truth <= interval.upper

    assert 0.925 <= covered / 400 <= 0.975
