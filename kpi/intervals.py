"""95 % intervals: of persons' answers, of counts and rates, and of what varies from one opening day to another."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

CONFIDENCE = 0.95
TAIL = (1 - CONFIDENCE) / 2
FEWEST_DAYS = 5
# Where fewer than FEWEST_DAYS days deviate, they are too few to estimate a variance from. The fewer they are,
# the more an assumption weighs: a day counts as at most ten independent observations (correlation 0.1).
ASSUMED_DAY_CORRELATION = 0.1

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Share:
    """A share as if of *effective_count* independent trials, whose variance has *freedom* degrees of freedom."""

    share: float
    effective_count: float
    freedom: float


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean with its variance, which has *freedom* degrees of freedom."""

    mean: float
    variance: float
    freedom: float


@dataclass(frozen=True, slots=True)
class Interval:
    """Bounds with their method, or the reason for none; *upper* alone is None when it is out of range."""

    lower: float | None = None
    upper: float | None = None
    method: str | None = None
    reason: str | None = None


def quantile_of_t(tail: float, freedom: float = np.inf) -> float:
    """What t exceeds with the probability *tail*; the normal distribution without *freedom*."""
    return float(-special.ndtri(tail) if np.isinf(freedom) else -special.stdtrit(freedom, tail))


def p_of_t(statistic: float, freedom: float = np.inf) -> float:
    """Two-sided p of a t statistic."""
    extreme = -abs(statistic)
    return float(2 * (special.ndtr(extreme) if np.isinf(freedom) else special.stdtr(freedom, extreme)))


def wilson(successes: float, trials: float, quantile: float | None = None) -> tuple[float, float]:
    """Wilson's score interval of a proportion; *quantile* replaces the normal one (Wilson 1927)."""
    z = quantile_of_t(TAIL) if quantile is None else quantile
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
    half = quantile_of_t(TAIL, count - 1) * np.sqrt(variance / count)
    return Interval(max(mean - float(half), lowest), min(mean + float(half), highest), "t")


def quotient_of_persons(numerator: float, denominator: float) -> Interval:
    """Interval of numerator / denominator, two kinds of independent answers: Wilson's of p, taken to p / (1 - p)."""
    lower, upper = wilson(numerator, numerator + denominator)
    return _as_quotient(lower, upper, "wilson_quotient")


def count_of_events(count: float) -> Interval:
    """Exact Poisson interval of a count (Garwood 1936)."""
    lower = 0.0 if count == 0 else float(special.gammaincinv(count, TAIL))
    return Interval(lower, float(special.gammainccinv(count + 1, TAIL)), "poisson_exact")


def rate_of_events(count: float, exposure: float, per: float) -> Interval:
    """Exact Poisson interval of *per* * count / exposure; the exposure is known and has no error of its own."""
    of_count = count_of_events(count)
    assert of_count.lower is not None, "a count always has bounds"
    assert of_count.upper is not None, "a count always has bounds"
    return Interval(per * of_count.lower / exposure, per * of_count.upper / exposure, "poisson_exact")


def share_by_opening_day(strata: Codes, numerator: Numbers, denominator: Numbers) -> Interval:
    """Interval of sum(numerator) / sum(denominator), one element per opening day of a point, its stratum.

    The linearised variance over days gives an effective sample size, which goes into Wilson's interval with a
    t quantile of days - strata degrees of freedom (Korn and Graubard 1998).
    """
    if len(denominator) < FEWEST_DAYS:
        return Interval(reason="fewer_than_5_days")
    return Interval(*_wilson_of(clustered_share(strata, numerator, denominator)), method="clustered_ratio")


def quotient_by_opening_day(strata: Codes, numerator: Numbers, denominator: Numbers) -> Interval:
    """Interval of sum(numerator) / sum(denominator), which may exceed 1: that of the share p, taken to p / (1 - p)."""
    if len(denominator) < FEWEST_DAYS:
        return Interval(reason="fewer_than_5_days")
    bounds = _wilson_of(clustered_share(strata, numerator, numerator + denominator))
    return _as_quotient(*bounds, "clustered_quotient")


def mean_by_opening_day(strata: Codes, numerator: Numbers, denominator: Numbers) -> Interval:
    """t interval of sum(numerator) / sum(denominator), linearised over opening days within their strata.

    Nothing that is summed is negative, so neither is the lower bound. Days that are all alike tell no variance.
    """
    if len(denominator) < FEWEST_DAYS:
        return Interval(reason="fewer_than_5_days")
    found = clustered_mean(strata, numerator, denominator)
    if found.variance <= 0:
        return Interval(reason="no_variation")
    half = quantile_of_t(TAIL, found.freedom) * found.variance**0.5
    lowest = 0.0 if (numerator >= 0).all() else -np.inf
    return Interval(max(found.mean - half, lowest), found.mean + half, "clustered_mean")


def clustered_share(strata: Codes, numerator: Numbers, denominator: Numbers) -> Share:
    """sum(numerator) / sum(denominator) with the effective sample size that its opening days leave."""
    strata = collapsed(strata)
    share = min(max(float(numerator.sum() / denominator.sum()), 0.0), 1.0)
    residuals = (numerator - share * denominator) / denominator.sum()
    return share_of_days(strata, share, residuals, numerator, denominator)


def share_of_days(strata: Codes, share: float, residuals: Numbers, cases: Numbers, trials: Numbers) -> Share:
    """*share* with its effective sample size; *residuals* are what each day adds to its error, linearised."""
    all_trials = float(trials.sum())
    assumed = 1 + max(all_trials / len(trials) - 1, 0) * ASSUMED_DAY_CORRELATION
    deviating = min(np.count_nonzero(cases), np.count_nonzero(trials - cases))
    if deviating == 0 or not 0 < share < 1:
        design_effect = assumed
    else:
        estimated = max(stratified_variance(strata, residuals) * all_trials / (share * (1 - share)), 1.0)
        weight = max(0.0, 1 - deviating / FEWEST_DAYS)
        design_effect = weight * max(assumed, estimated) + (1 - weight) * estimated
    return Share(share, max(all_trials / design_effect, 1.0), freedom_of(strata))


def clustered_mean(strata: Codes, numerator: Numbers, denominator: Numbers) -> Mean:
    """sum(numerator) / sum(denominator) with its linearised variance."""
    strata = collapsed(strata)
    mean = float(numerator.sum() / denominator.sum())
    variance = stratified_variance(strata, (numerator - mean * denominator) / denominator.sum())
    return Mean(mean, variance if variance > (1e-9 * mean) ** 2 else 0.0, freedom_of(strata))


def freedom_of(strata: Codes) -> float:
    """Degrees of freedom: days - strata, after single days have been *collapsed*."""
    return float(max(len(strata) - len(np.unique(strata)), 1))


def stratified_variance(strata: Codes, residuals: Numbers) -> float:
    """Variance of the sum of *residuals*, one per day; a stratum of one day deviates from the whole instead."""
    _, positions, sizes = np.unique(strata, return_inverse=True, return_counts=True)
    means = np.where(sizes > 1, np.bincount(positions, residuals) / sizes, 0)
    squares = np.bincount(positions, (residuals - means[positions]) ** 2)
    return float((squares * np.where(sizes > 1, sizes / np.maximum(sizes - 1, 1), 1)).sum())


def _wilson_of(share: Share) -> tuple[float, float]:
    quantile = quantile_of_t(TAIL, share.freedom)
    return wilson(share.share * share.effective_count, share.effective_count, quantile)


def _as_quotient(lower: float, upper: float, method: str) -> Interval:
    """p / (1 - p) of both bounds; where p may be 1, the quotient has no upper bound."""
    return Interval(lower / (1 - lower) if lower < 1 else None, upper / (1 - upper) if upper < 1 else None, method)


def collapsed(strata: Codes) -> Codes:
    """The strata with all that have a single day merged into one: one day says nothing of how days differ."""
    codes, positions, sizes = np.unique(strata, return_inverse=True, return_counts=True)
    merged = np.where(sizes == 1, codes.min() - 1, codes)
    return np.asarray(merged[positions], dtype=np.int64)
