"""Intervals and Kaplan-Meier beside independent implementations: statsmodels, lifelines, R's published figures."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as trial_settings
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter
from scipy import stats
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.rates import confint_poisson

from kpi import intervals, wait_quantiles
from kpi.intervals import Interval

# Acute myelogenous leukaemia (Miller 1997; the data set aml of R's package survival): weeks, 1 = relapse, 0 = censored.
MAINTAINED = ([9, 13, 13, 18, 23, 28, 31, 34, 45, 48, 161], [1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0])
NOT_MAINTAINED = ([5, 5, 8, 8, 12, 16, 23, 27, 30, 33, 43, 45], [1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1])
# summary(survfit(Surv(time, status) ~ x, data = aml)): time, survival and standard error of the maintained.
CURVE = [(9, 0.909, 0.0867), (13, 0.818, 0.1163), (18, 0.716, 0.1397), (23, 0.614, 0.1526), (31, 0.491, 0.1642)]


def quantile_of(waits, called, share=0.5):
    seconds, columns = np.unique(np.array(waits, dtype=float), return_inverse=True)
    calls = np.bincount(columns, np.array(called, dtype=float))
    left = np.bincount(columns, 1 - np.array(called, dtype=float))
    return float(wait_quantiles.kaplan_meier_quantile(seconds, calls[None, :], left[None, :], share)[0])


def within(waits, called, longest, days=None, strata=None):
    calls = np.array(called, dtype=float)
    days = np.arange(len(waits)) if days is None else days
    strata = np.zeros(days.max() + 1, dtype=int) if strata is None else strata
    return wait_quantiles.share_called_within(days, strata, np.array(waits, dtype=float), calls, 1 - calls, longest)


@pytest.mark.parametrize(("sample", "median"), [(MAINTAINED, 31), (NOT_MAINTAINED, 23)])
def test_medians_of_the_aml_data_are_those_that_r_publishes(sample, median):
    assert quantile_of(*sample) == median


@pytest.mark.parametrize(("week", "survival", "error"), CURVE)
def test_the_curve_of_the_aml_data_is_the_one_that_r_publishes(week, survival, error):
    found = within(*MAINTAINED, week)
    own_error = (found.share * (1 - found.share) / found.effective_count) ** 0.5

    assert 1 - found.share == pytest.approx(survival, abs=5e-4)
    # Greenwood's error and that of residuals differ in the second order, and a sample of 11 is corrected by 11 / 10
    assert own_error == pytest.approx(error, rel=0.12)


waits = st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=1, max_size=40)


@trial_settings(max_examples=40, deadline=None)
@given(waits, st.sampled_from([0.5, 0.9]))
def test_quantiles_are_those_of_lifelines_curve_by_the_rule_of_survfit(rows, share):
    """lifelines takes the start of a level stretch at the quantile, R's survfit and we its middle."""
    times, called = zip(*rows, strict=True)
    curve = KaplanMeierFitter().fit(times, called).survival_function_.iloc[:, 0]
    starts = curve.index[curve <= 1 - share + 1e-9]
    ends = curve.index[curve < 1 - share - 1e-9]
    middle = (starts.min() + (ends.min() if len(ends) else max(times))) / 2 if len(starts) else np.inf

    assert quantile_of(times, called, share) == middle


@trial_settings(max_examples=40, deadline=None)
@given(waits, st.integers(0, 30))
def test_the_share_called_in_time_agrees_with_lifelines(rows, longest):
    times, called = zip(*rows, strict=True)
    fitter = KaplanMeierFitter().fit(times, called)

    assert within(times, called, longest).share == pytest.approx(1 - fitter.predict(longest), abs=1e-9)


@trial_settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 5)), min_size=8, max_size=40), st.integers(0, 30))
def test_without_anybody_leaving_the_curve_is_a_share_by_opening_day(rows, longest):
    times, days = (np.array(part) for part in zip(*rows, strict=True))
    days = np.unique(days, return_inverse=True)[1]
    strata = np.zeros(days.max() + 1, dtype=int)
    direct = intervals.clustered_share(
        strata, np.bincount(days, times <= longest).astype(float), np.bincount(days).astype(float)
    )
    found = within(times, np.ones(len(times)), longest, days, strata)

    assert (found.share, found.effective_count) == pytest.approx((direct.share, direct.effective_count), abs=1e-6)


@pytest.mark.parametrize("rows", [([7], [1]), ([0, 0, 0], [1, 1, 1]), ([4, 4, 9], [1, 0, 1])])
def test_one_wait_ties_and_zeros_have_the_median_of_lifelines(rows):
    assert quantile_of(*rows) == KaplanMeierFitter().fit(*rows).median_survival_time_


def test_a_median_of_customers_who_all_left_is_not_reached():
    assert quantile_of([5, 8, 9], [0, 0, 0]) == np.inf
    assert KaplanMeierFitter().fit([5, 8, 9], [0, 0, 0]).median_survival_time_ == np.inf


@given(st.integers(0, 200), st.integers(1, 200))
def test_wilson_agrees_with_statsmodels(successes, others):
    trials = successes + others
    found = proportion_confint(successes, trials, method="wilson")

    assert intervals.wilson(successes, trials) == pytest.approx(found, abs=1e-9)


@given(st.integers(0, 3000), st.floats(0.1, 1e5))
def test_rates_agree_with_statsmodels_exact_interval(count, exposure):
    found = intervals.rate_of_events(count, exposure, 1000)
    bounds = [1000 * bound for bound in confint_poisson(count, exposure, method="exact-c")]

    assert (found.lower, found.upper) == pytest.approx(bounds, rel=1e-6, abs=1e-9)
    assert found.lower <= 1000 * count / exposure <= found.upper


def test_a_quotient_has_the_interval_of_its_share():
    found = intervals.quotient_of_persons(30, 10)
    lower, upper = proportion_confint(30, 40, method="wilson")

    assert (found.lower, found.upper) == pytest.approx((lower / (1 - lower), upper / (1 - upper)))
    assert intervals.quotient_of_persons(5, 0).upper is None


@given(st.integers(0, 60), st.integers(1, 60))
def test_a_quotient_lies_in_its_interval(part, other):
    found = intervals.quotient_of_persons(part, other)

    assert found.lower <= part / other <= found.upper


def test_a_mean_of_equal_days_has_the_t_interval_of_the_day_means():
    generator = np.random.default_rng(3)
    of_day = generator.gamma(4, 3, 18)
    found = intervals.mean_by_opening_day(np.zeros(18, dtype=int), of_day * 25, np.full(18, 25.0))
    bounds = stats.t.interval(0.95, 17, of_day.mean(), stats.sem(of_day))

    assert (found.lower, found.upper) == pytest.approx(bounds)


def test_a_mean_of_few_or_of_equal_days_has_no_interval():
    four = intervals.mean_by_opening_day(np.zeros(4, dtype=int), np.arange(4.0), np.ones(4))
    alike = intervals.mean_by_opening_day(np.zeros(9, dtype=int), np.full(9, 3.0), np.ones(9))

    assert (four, alike) == (Interval(reason="fewer_than_5_days"), Interval(reason="no_variation"))


def test_a_mean_by_opening_day_covers_95_percent():
    generator = np.random.default_rng(20261102)
    covered = 0

    for _ in range(1500):
        count = generator.poisson(30, 20) + 1.0
        of_day = generator.gamma(3, 2, 20)  # minutes; the expected mean is 6
        total = generator.gamma(count * 2, of_day / 2)
        found = intervals.mean_by_opening_day(np.zeros(20, dtype=int), total, count)
        covered += found.lower <= 6 <= found.upper

    assert 0.925 <= covered / 1500 <= 0.97
