"""Differences: published examples, statsmodels and scipy beside ours, and what always holds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import (
    confint_proportions_2indep,
    proportion_effectsize,
    proportions_ztest,
)
from statsmodels.stats.rates import test_poisson_2indep as poisson_2indep

from kpi import differences, intervals
from kpi.differences import Scores


# Newcombe (1998), Statistics in Medicine 17, table II, method 10.
@pytest.mark.parametrize(
    ("now", "before", "lower", "upper"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0000),
        ((10, 10), (0, 10), 0.6075, 1.0000),
    ],
)
def test_newcombes_own_examples(now, before, lower, upper):
    found = differences.two_proportions(now, before)

    assert (found.lower, found.upper) == pytest.approx((lower, upper), abs=5e-5)


@pytest.mark.parametrize(("now", "before"), [((156, 200), (131, 190)), ((20, 40), (300, 500)), ((90, 100), (80, 100))])
def test_a_difference_of_proportions_agrees_with_statsmodels(now, before):
    found = differences.two_proportions(now, before)
    bounds = confint_proportions_2indep(*now, *before, method="newcomb", compare="diff")
    p_value = proportions_ztest([now[0], before[0]], [now[1], before[1]])[1]

    assert (found.lower, found.upper) == pytest.approx(bounds, abs=1e-9)
    assert found.p_value == pytest.approx(p_value, rel=1e-9)


def test_few_expected_cases_are_tested_exactly():
    assert differences.two_proportions((0, 10), (4, 10)).p_value == pytest.approx(
        stats.fisher_exact([[0, 10], [4, 6]]).pvalue
    )
    assert differences.two_proportions((0, 10), (0, 12)).p_value == 1


def scores(*values):
    return Scores(sum(values), len(values), sum(value**2 for value in values), 1, 5)


def test_a_difference_of_means_agrees_with_scipys_welch():
    now, before = [5, 4, 4, 3, 5, 5, 2], [3, 3, 4, 2, 1, 4, 5, 3, 3]
    found = differences.two_means(scores(*now), scores(*before))
    welch = stats.ttest_ind(now, before, equal_var=False)
    bounds = welch.confidence_interval(0.95)

    assert found.p_value == pytest.approx(welch.pvalue, rel=1e-9)
    assert (found.lower, found.upper) == pytest.approx((bounds.low, bounds.high), abs=1e-9)


def test_answers_that_are_all_alike_are_compared_by_who_gives_them():
    same = differences.two_means(scores(*[5] * 10), scores(*[5] * 12))
    other = differences.two_means(scores(*[5] * 10), scores(*[4] * 12))

    assert (same.difference, same.p_value) == (0, 1)
    assert same.lower < 0 < same.upper
    assert other.p_value == pytest.approx(stats.fisher_exact([[10, 0], [0, 12]]).pvalue)


@pytest.mark.parametrize(("now", "before"), [((60, 51477.5), (30, 54308.7)), ((3, 100), (9, 100)), ((0, 50), (5, 40))])
def test_rates_agree_with_statsmodels_exact_conditional_test(now, before):
    # the first: breast cancer after fluoroscopy, Rothman and Greenland (1998), as in Gu et al. (2008)
    found = differences.two_counts(now, before, per=1000)
    p_value = poisson_2indep(*now, *before, method="exact-cond").pvalue

    assert found.p_value == pytest.approx(p_value, rel=1e-6)
    assert found.lower < found.difference < found.upper


def test_counts_without_events_do_not_differ():
    found = differences.two_counts((0, 21), (0, 20))

    assert (found.difference, found.p_value) == (0, 1)


def test_what_could_have_been_seen_agrees_with_the_power_of_the_test():
    found = differences.two_proportions((500, 1000), (500, 1000))
    effect = proportion_effectsize(0.5 + found.smallest_detectable / 2, 0.5 - found.smallest_detectable / 2)

    assert NormalIndPower().power(effect, 1000, 0.05) == pytest.approx(0.80, abs=0.01)


def days(generator, share, day_count=21, tickets=30):
    trials = generator.poisson(tickets, day_count) + 1.0
    of_day = generator.beta(share * 4, (1 - share) * 4, day_count)
    return generator.binomial(trials.astype(int), of_day).astype(float), trials


def test_days_that_depend_are_not_called_a_change_more_often_than_promised():
    generator = np.random.default_rng(20261101)
    stratum = np.zeros(21, dtype=int)
    by_day = naive = 0

    for _ in range(800):
        now, before = days(generator, 0.8), days(generator, 0.8)
        shares = [intervals.clustered_share(stratum, *side) for side in (now, before)]
        bounds = [intervals.share_by_opening_day(stratum, *side) for side in (now, before)]
        values = (shares[0].share, shares[1].share)
        by_day += differences.clustered_shares(*shares, values, tuple(bounds)).p_value < 0.05
        naive += differences.two_proportions(*[(side[0].sum(), side[1].sum()) for side in (now, before)]).p_value < 0.05

    assert naive / 800 > 0.30
    assert 0.03 <= by_day / 800 <= 0.07


samples = st.tuples(st.integers(0, 60), st.integers(1, 60)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@given(samples, samples)
def test_a_difference_lies_in_its_interval_and_turns_round(now, before):
    there, back = differences.two_proportions(now, before), differences.two_proportions(before, now)

    assert there.lower <= there.difference <= there.upper
    assert (there.lower, there.upper) == pytest.approx((-back.upper, -back.lower))
    assert there.p_value == pytest.approx(back.p_value)
    assert 0 <= there.p_value <= 1


@given(st.lists(st.integers(1, 5), min_size=2, max_size=40), st.lists(st.integers(1, 5), min_size=2, max_size=40))
def test_means_of_any_answers_can_be_compared(now, before):
    found = differences.two_means(scores(*now), scores(*before))

    assert found.lower <= found.difference <= found.upper
    assert 0 <= found.p_value <= 1


@given(st.integers(0, 400), st.integers(0, 400), st.floats(0.5, 2))
def test_counts_can_be_compared_whatever_they_are(now, before, exposure):
    found = differences.two_counts((now, exposure), (before, 1.0))

    assert found.lower <= found.difference <= found.upper
    assert 0 <= found.p_value <= 1
