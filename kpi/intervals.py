"""95 % intervals: of persons' answers, of counts, and of shares that vary from one opening day to another."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

CONFIDENCE = 0.95
FEWEST_DAYS = 5
# Where fewer than FEWEST_DAYS days deviate, they are too few to estimate a variance from. The fewer they are,
# the more an assumption weighs: a day counts as at most ten independent observations (correlation 0.1).
ASSUMED_DAY_CORRELATION = 0.1

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Interval:
    """Bounds with their method, or the reason for none; *upper* alone is None when it is out of range."""

    lower: float | None = None
    upper: float | None = None
    method: str | None = None
    reason: str | None = None


def wilson(successes: float, trials: float, quantile: float | None = None) -> tuple[float, float]:
    """Wilson's score interval of a proportion; *quantile* replaces the normal one (Wilson 1927)."""
    z = stats.norm.isf((1 - CONFIDENCE) / 2) if quantile is None else quantile
    share = successes / trials
    centre = (share + z**2 / (2 * trials)) / (1 + z**2 / trials)
    half = z * np.sqrt(share * (1 - share) / trials + z**2 / (4 * trials**2)) / (1 + z**2 / trials)
    return float(min(max(centre - half, 0), share)), float(max(min(centre + half, 1), share))


def share_of_persons(successes: float, trials: float) -> Interval:
    """Interval of a share of independent answers."""
    return Interval(*wilson(successes, trials), method="wilson")


def mean_of_persons(total: float, count: float, sum_of_squares: float, lowest: float, highest: float) -> Interval:
    """t interval of a mean of independent answers on a scale from *lowest* to *highest*.

    Equal answers have no spread to estimate from: then Wilson bounds the share that would answer otherwise.
    """
    if count < 2:
        return Interval(reason="fewer_than_minimum")
    mean = total / count
    variance = max(sum_of_squares - total * mean, 0) / (count - 1)
    if variance < 1e-9:
        others = wilson(0, count)[1]
        return Interval(mean - others * (mean - lowest), mean + others * (highest - mean), "wilson")
    half = stats.t.isf((1 - CONFIDENCE) / 2, count - 1) * np.sqrt(variance / count)
    return Interval(max(mean - float(half), lowest), min(mean + float(half), highest), "t")


def count_of_events(count: float) -> Interval:
    """Exact Poisson interval of a count (Garwood 1936)."""
    tail = (1 - CONFIDENCE) / 2
    lower = 0.0 if count == 0 else float(stats.chi2.ppf(tail, 2 * count) / 2)
    return Interval(lower, float(stats.chi2.isf(tail, 2 * count + 2) / 2), "poisson_exact")


def share_by_opening_day(strata: Codes, numerator: Numbers, denominator: Numbers) -> Interval:
    """Interval of sum(numerator) / sum(denominator), one element per opening day of a point, its stratum.

    The linearised variance over days gives an effective sample size, which goes into Wilson's interval with a
    t quantile of days - strata degrees of freedom (Korn and Graubard 1998).
    """
    if len(denominator) < FEWEST_DAYS:
        return Interval(reason="fewer_than_5_days")
    strata = collapsed(strata)
    trials = float(denominator.sum())
    share = min(max(float(numerator.sum()) / trials, 0.0), 1.0)
    design_effect = _design_effect(strata, numerator, denominator, share)
    freedom = max(len(strata) - len(np.unique(strata)), 1)
    quantile = float(stats.t.isf((1 - CONFIDENCE) / 2, freedom))
    effective = max(trials / design_effect, 1.0)
    return Interval(*wilson(share * effective, effective, quantile), method="clustered_ratio")


def collapsed(strata: Codes) -> Codes:
    """The strata with all that have a single day merged into one: one day says nothing of how days differ."""
    codes, positions, sizes = np.unique(strata, return_inverse=True, return_counts=True)
    merged = np.where(sizes == 1, codes.min() - 1, codes)
    return np.asarray(merged[positions], dtype=np.int64)


def _design_effect(strata: Codes, numerator: Numbers, denominator: Numbers, share: float) -> float:
    """How many times the variance of independent observations; at least 1."""
    trials = float(denominator.sum())
    assumed = 1 + max(trials / len(denominator) - 1, 0) * ASSUMED_DAY_CORRELATION
    deviating = min(np.count_nonzero(numerator), np.count_nonzero(denominator - numerator))
    if deviating == 0 or not 0 < share < 1:
        return assumed
    estimated = max(_linearised_variance(strata, numerator, denominator, share) * trials / (share * (1 - share)), 1.0)
    weight = max(0.0, 1 - deviating / FEWEST_DAYS)
    return weight * max(assumed, estimated) + (1 - weight) * estimated


def _linearised_variance(strata: Codes, numerator: Numbers, denominator: Numbers, share: float) -> float:
    """Taylor linearisation of a ratio, stratified; a stratum of one day deviates from the whole instead."""
    residuals = (numerator - share * denominator) / denominator.sum()
    _, positions, sizes = np.unique(strata, return_inverse=True, return_counts=True)
    means = np.where(sizes > 1, np.bincount(positions, residuals) / sizes, 0)
    squares = np.bincount(positions, (residuals - means[positions]) ** 2)
    return float((squares * np.where(sizes > 1, sizes / np.maximum(sizes - 1, 1), 1)).sum())
