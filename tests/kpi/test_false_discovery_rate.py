"""How many of the changes told are none, over families of points whose days differ. In full: bench_statistics.py."""

import numpy as np
from simulated_change import false_discovery_rate, scored, simulated


def test_at_most_one_in_twenty_changes_told_is_none_and_intervals_hold_what_they_promise():
    generator = np.random.default_rng(20261105)
    families = [simulated(generator, 25, changed_share=0.2) for _ in range(24)]
    found = scored(families)

    assert false_discovery_rate(families) <= 0.05
    assert found["below_5_percent"].between(0.02, 0.08).all()
    assert found["interval_holds"].between(0.92, 0.98).all()
    assert found["power"].min() > 0.15
