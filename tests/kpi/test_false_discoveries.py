"""Benjamini and Hochberg: their own example, statsmodels beside ours, and what always holds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control
from statsmodels.stats.multitest import multipletests

from kpi.false_discoveries import RATE, q_values

# Benjamini and Hochberg (1995), section 4: thrombolysis, 15 comparisons.
EXAMPLE = [
    *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459),
    *(0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000),
]


def test_their_example_tells_the_first_four():
    assert list(q_values(EXAMPLE) <= RATE) == [True] * 4 + [False] * 11


def test_no_test_is_no_family():
    assert len(q_values([])) == 0


families = st.lists(st.floats(0, 1), min_size=1, max_size=60)


@given(families)
def test_it_agrees_with_statsmodels_and_scipy(p_values):
    found = q_values(p_values)

    assert found == pytest.approx(multipletests(p_values, method="fdr_bh")[1])
    assert found == pytest.approx(false_discovery_control(p_values))


@given(families, st.randoms())
def test_q_keeps_the_order_of_p_is_never_below_it_and_does_not_depend_on_the_order(p_values, random):
    order = random.sample(range(len(p_values)), len(p_values))
    found = q_values(p_values)

    assert (found >= np.array(p_values) - 1e-12).all()
    assert (np.diff(found[np.argsort(p_values, kind="stable")]) >= -1e-12).all()
    assert q_values([p_values[place] for place in order]) == pytest.approx(found[order])
