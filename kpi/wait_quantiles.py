"""Kaplan-Meier quantiles of waits, and their intervals by a bootstrap over opening days."""

import hashlib

import numpy as np
from numpy.typing import NDArray
from scipy import sparse, stats

from kpi.intervals import (
    CONFIDENCE,
    FEWEST_DAYS,
    TAIL,
    Codes,
    Interval,
    Numbers,
    Share,
    collapsed,
    quantile_of_t,
    share_of_days,
)

REPLICATES = 1000
# From so many days on, Woodruff's bounds hold as well as the bootstrap's, and take a fraction of its time.
MANY_DAYS = 100
# Replicates are computed in parts of so many cells of (replicate, wait second), to bound the memory.
PART_CELLS = 4_000_000
TOLERANCE = 1e-9


def kaplan_meier_quantile(seconds: Numbers, called: Numbers, left: Numbers, quantile: float) -> NDArray[np.float64]:
    """The wait that *quantile* of customers do not exceed, per row of counts; infinite if it is not reached.

    Columns are the distinct *seconds*, ascending. A customer who left is censored; where the curve is level
    at the quantile, the middle of that stretch counts (survfit's rule).
    """
    both = called + left
    at_risk = np.cumsum(both[:, ::-1], axis=1)[:, ::-1]
    surviving = np.cumprod(1 - np.divide(called, at_risk, out=np.zeros_like(called), where=at_risk > 0), axis=1)
    return _middle(seconds, surviving, both, 1 - quantile)


def quantile_of(waits: Numbers, called: Numbers, both: Numbers, quantile: float) -> float:
    """The quantile of *waits*, each with its *called* and *both* called and left, in any order."""
    values, columns = np.unique(waits, return_inverse=True)
    calls, all_ends = (_summed(columns, part, len(values))[None, :] for part in (called, both))
    return float(kaplan_meier_quantile(values, calls, all_ends - calls, quantile)[0])


def _middle(seconds: Numbers, surviving: Numbers, both: Numbers, level: float) -> NDArray[np.float64]:
    reached = surviving <= level + TOLERANCE
    below = surviving < level - TOLERANCE
    last_seen = both.shape[1] - 1 - np.argmax(both[:, ::-1] > 0, axis=1)
    first = np.argmax(reached, axis=1)
    end = np.where(below.any(axis=1), np.argmax(below, axis=1), last_seen)
    return np.where(reached.any(axis=1), (seconds[first] + seconds[end]) / 2, np.inf)


def quantile_by_opening_day(
    days: Codes, strata: Codes, waits: Numbers, called: Numbers, left: Numbers, quantile: float, key: str
) -> Interval:
    """Interval, in the unit of *waits*, over opening days within their strata (service points).

    Of MANY_DAYS Woodruff's, of fewer that of a bootstrap.

    One element per day and wait; *days* numbers the days from 0, *strata* has one element per day. Each
    replicate draws one day fewer than a stratum has and weighs up (Rao and Wu 1988), and the percentiles are
    those of t: both matter with few days. *key* seeds the draws: the same cell always gets the same interval.
    """
    day_count = len(strata)
    if day_count < FEWEST_DAYS:
        return Interval(reason="fewer_than_5_days")
    if day_count >= MANY_DAYS:
        return woodruff(days, strata, waits, called, left, quantile)
    strata = collapsed(strata)
    weights = _weights(strata, np.random.default_rng(_seed(key)))
    seconds, columns = np.unique(waits, return_inverse=True)
    shape = (day_count, len(seconds))
    called_by_day = sparse.csr_array((called, (days, columns)), shape=shape)
    left_by_day = sparse.csr_array((left, (days, columns)), shape=shape)
    rows = max(PART_CELLS // len(seconds), 1)
    parts = [weights[start : start + rows] for start in range(0, REPLICATES, rows)]
    quantiles = [kaplan_meier_quantile(seconds, part @ called_by_day, part @ left_by_day, quantile) for part in parts]
    return _percentiles(np.sort(np.concatenate(quantiles)), day_count - len(np.unique(strata)))


def woodruff(days: Codes, strata: Codes, waits: Numbers, called: Numbers, left: Numbers, quantile: float) -> Interval:
    """The quantiles at the bounds of the share that is called within the quantile (Woodruff 1952)."""
    both = called + left
    middle = quantile_of(waits, called, both, quantile)
    if np.isinf(middle):
        return Interval(reason="beyond_range")
    share = share_called_within(days, strata, waits, called, left, middle)
    half = quantile_of_t(TAIL, share.freedom) * (quantile * (1 - quantile) / share.effective_count) ** 0.5
    lower = quantile_of(waits, called, both, max(quantile - half, TOLERANCE))
    upper = quantile_of(waits, called, both, quantile + half) if quantile + half < 1 else np.inf
    return Interval(min(lower, middle), None if np.isinf(upper) else max(upper, middle), "clustered_woodruff")


def share_called_within(
    days: Codes, strata: Codes, waits: Numbers, called: Numbers, left: Numbers, longest: float
) -> Share:
    """The Kaplan-Meier share of customers called within *longest*, with the effective size that its days leave.

    What a day adds to the error is its martingale residual: its calls minus those that the common curve expects.
    """
    values, columns = np.unique(waits, return_inverse=True)
    calls, both = (_summed(columns, part, len(values)) for part in (called, called + left))
    at_risk = np.cumsum(both[::-1])[::-1]
    within = values <= longest + TOLERANCE
    hazard = np.divide(calls, at_risk, out=np.zeros(len(values)), where=at_risk > 0)
    surviving = float(np.prod(1 - hazard[within]))
    per_call = np.divide(1.0, at_risk - calls, out=np.zeros(len(values)), where=within & (at_risk > calls))
    errors = called * per_call[columns] - (called + left) * np.cumsum(hazard * per_call)[columns]
    residuals = surviving * _summed(days, errors, len(strata))
    cases = _summed(days, called * within[columns], len(strata))
    trials = _summed(days, called + left, len(strata))
    return share_of_days(collapsed(strata), 1 - surviving, residuals, cases, trials)


def _summed(codes: Codes, values: Numbers, length: int) -> Numbers:
    return np.asarray(np.bincount(codes, values, minlength=length), dtype=float)


def _seed(key: str) -> int:
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8])


def _weights(strata: Codes, generator: np.random.Generator) -> NDArray[np.float64]:
    """How often each day counts in each replicate; the day of a stratum of one always counts once."""
    weights = np.ones((REPLICATES, len(strata)))
    for stratum in np.unique(strata):
        members = np.flatnonzero(strata == stratum)
        size = len(members)
        if size > 1:
            drawn = generator.multinomial(size - 1, np.full(size, 1 / size), size=REPLICATES)
            weights[:, members] = drawn * (size / (size - 1))
    return weights


def _percentiles(ordered: NDArray[np.float64], freedom: int) -> Interval:
    tail = stats.norm.cdf(stats.t.ppf((1 - CONFIDENCE) / 2, max(freedom, 1)))
    position = int(np.floor(tail * len(ordered)))
    lower, upper = float(ordered[position]), float(ordered[-1 - position])
    if np.isinf(lower):
        return Interval(reason="beyond_range")
    return Interval(lower, None if np.isinf(upper) else upper, "clustered_bootstrap")
