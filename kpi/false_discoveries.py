"""Benjamini and Hochberg's correction: how many of the changes told may be chance, when many are looked for."""

from collections.abc import Sequence

import numpy as np

from kpi.intervals import Numbers

RATE = 0.05


def q_values(p_values: Sequence[float] | Numbers) -> Numbers:
    """The smallest false discovery rate at which each test of a family is told (Benjamini and Hochberg 1995)."""
    family = np.asarray(p_values, dtype=float)
    order = np.argsort(family, kind="stable")
    scaled = family[order] * len(family) / np.arange(1, len(family) + 1)
    adjusted = np.empty(len(family))
    adjusted[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return adjusted
