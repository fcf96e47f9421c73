"""The difference between two numbers of one kind: its 95 % interval, its test, and what it could have seen.

Each function takes what is compared first and what it is compared with second: now, before; a group, the others.
"""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from kpi.intervals import TAIL, Interval, Mean, Share, count_of_events, mean_of_persons, p_of_t, quantile_of_t, wilson

POWER = 0.80
# Below this many expected cases in a cell the score test is not to be trusted (Cochran 1954): Fisher's exact test.
FEWEST_EXPECTED = 5
# The test of each kind of number: (interval, statistic) of a metric's yml. One without is not tested.
TESTS = {
    ("persons", "ratio"): "two_proportions",
    ("persons", "quotient"): "two_proportions",
    ("persons", "mean"): "welch",
    ("opening_days", "ratio"): "clustered_share",
    ("opening_days", "quotient"): "clustered_share",
    ("opening_days", "mean"): "clustered_mean",
    ("opening_days", "km_quantile"): "clustered_curve",
    ("poisson", "count"): "conditional_poisson",
    ("poisson", "rate"): "conditional_poisson",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """*smallest_detectable* would have been seen in four cases of five, at 5 % and without regard to other tests."""

    difference: float
    lower: float | None
    upper: float | None
    p_value: float
    smallest_detectable: float | None
    test: str


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of independent persons on a scale from *lowest* to *highest*."""

    total: float
    count: float
    sum_of_squares: float
    lowest: float
    highest: float

    @property
    def as_mean(self) -> Mean:
        mean = self.total / self.count
        variance = max(self.sum_of_squares - self.total * mean, 0) / (self.count - 1)
        return Mean(mean, variance / self.count if variance >= 1e-9 else 0.0, self.count - 1)


def two_proportions(now: tuple[float, float], before: tuple[float, float]) -> Difference:
    """(successes, trials) of independent persons: Newcombe's interval (1998, method 10), score test or Fisher's."""
    bounds = recovered(now[0] / now[1], wilson(*now), before[0] / before[1], wilson(*before))
    return _tested(bounds, _p_of_shares(_share(now), _share(before)), np.inf, "two_proportions")


def two_quotients(
    now: tuple[float, float], before: tuple[float, float], bounds: tuple[Interval, Interval]
) -> Difference:
    """Quotients of two kinds of answers, tested as the share of the first kind in both; *bounds* are the intervals."""
    first, second = (_share((part, part + other)) for part, other in (now, before))
    found = recovered(now[0] / now[1], _pair(bounds[0]), before[0] / before[1], _pair(bounds[1]))
    return _tested(found, _p_of_shares(first, second), np.inf, "two_proportions")


def two_means(now: Scores, before: Scores) -> Difference:
    """Welch's interval and test; where no score differs from another, Fisher's test of who answers which."""
    first, second = now.as_mean, before.as_mean
    if first.variance + second.variance > 0:
        return _of_means(first, second, "welch")
    intervals = [
        mean_of_persons(side.total, side.count, side.sum_of_squares, side.lowest, side.highest)
        for side in (now, before)
    ]
    table = [[now.count, 0], [0, before.count]] if first.mean != second.mean else [[now.count, 0], [before.count, 0]]
    bounds = recovered(first.mean, _pair(intervals[0]), second.mean, _pair(intervals[1]))
    return _tested(bounds, float(stats.fisher_exact(table).pvalue), np.inf, "welch")


def clustered_shares(
    now: Share,
    before: Share,
    values: tuple[float, float],
    bounds: tuple[Interval, Interval],
    test: str = "clustered_share",
) -> Difference:
    """Shares of days that differ: the score test of their effective sample sizes, with t's degrees of freedom.

    *values* and *bounds* are what is published: the shares themselves, or quotients and quantiles made of them.
    """
    found = recovered(values[0], _pair(bounds[0]), values[1], _pair(bounds[1]))
    freedom = _satterthwaite((1 / now.effective_count, now.freedom), (1 / before.effective_count, before.freedom))
    p_value = _p_of_shares(now, before, freedom) if values[0] != values[1] else 1.0
    return _tested(found, p_value, freedom, test)


def clustered_means(now: Mean, before: Mean) -> Difference:
    """Linearised means over opening days; two without any variation are the same or cannot be told apart."""
    return _of_means(now, before, "clustered_mean")


def two_counts(now: tuple[float, float], before: tuple[float, float], per: float | None = None) -> Difference:
    """(count, exposure): whether the events fall on the exposure alike (exact conditional test, Przyborowski 1940).

    With *per* the difference is of per * count / exposure, without it of the counts themselves.
    """
    scales = [1.0 if per is None else per / exposure for _, exposure in (now, before)]
    values = [count * scale for (count, _), scale in zip((now, before), scales, strict=True)]
    sides = [_scaled(count_of_events(count), scale) for (count, _), scale in zip((now, before), scales, strict=True)]
    bounds = recovered(values[0], sides[0], values[1], sides[1])
    total = round(now[0]) + round(before[0])
    expected = now[1] / (now[1] + before[1])
    p_value = float(stats.binomtest(round(now[0]), total, expected).pvalue) if total else 1.0
    return _tested(bounds, p_value, np.inf, "conditional_poisson")


Bounds = tuple[float | None, float | None]


def recovered(now: float, of_now: Bounds, before: float, of_before: Bounds) -> tuple[float, float | None, float | None]:
    """The difference with bounds from those of both sides (Zou and Donner 2008; of proportions Newcombe 1998)."""
    difference = now - before
    down = None if of_now[0] is None or of_before[1] is None else np.hypot(now - of_now[0], of_before[1] - before)
    up = None if of_now[1] is None or of_before[0] is None else np.hypot(of_now[1] - now, before - of_before[0])
    return (
        difference,
        None if down is None else float(difference - down),
        None if up is None else float(difference + up),
    )


def _tested(bounds: tuple[float, float | None, float | None], p_value: float, freedom: float, test: str) -> Difference:
    """What would have been seen is told from the width of the interval: both rest on the same standard error."""
    difference, lower, upper = bounds
    two_sided, one_sided = quantile_of_t(TAIL, freedom), quantile_of_t(1 - POWER, freedom)
    error = None if lower is None or upper is None else (upper - lower) / 2 / two_sided
    detectable = None if error is None else (two_sided + one_sided) * error
    return Difference(difference, lower, upper, min(p_value, 1.0), detectable, test)


def _of_means(now: Mean, before: Mean, test: str) -> Difference:
    difference, variance = now.mean - before.mean, now.variance + before.variance
    if variance <= 0:
        return Difference(difference, None, None, 1.0, None, test)
    freedom = _satterthwaite((now.variance, now.freedom), (before.variance, before.freedom))
    error = variance**0.5
    half = quantile_of_t(TAIL, freedom) * error
    return _tested(
        (difference, difference - half, difference + half), p_of_t(difference / error, freedom), freedom, test
    )


def _satterthwaite(*sides: tuple[float, float]) -> float:
    """Degrees of freedom of a sum of variances, each given with its own."""
    total = sum(variance for variance, _ in sides)
    spread = sum(variance**2 / freedom for variance, freedom in sides)
    return total**2 / spread if spread > 0 else np.inf


def _p_of_shares(now: Share, before: Share, freedom: float = np.inf) -> float:
    """Two-sided p of the score test with a common share; of Fisher's exact test where it expects few cases."""
    counts = (now.effective_count, before.effective_count)
    common = (now.share * counts[0] + before.share * counts[1]) / sum(counts)
    if min(counts) * min(common, 1 - common) < FEWEST_EXPECTED:
        cases = [round(side.share * side.effective_count) for side in (now, before)]
        table = [[case, max(round(count) - case, 0)] for case, count in zip(cases, counts, strict=True)]
        return float(stats.fisher_exact(table).pvalue)
    error = (common * (1 - common) * (1 / counts[0] + 1 / counts[1])) ** 0.5
    return p_of_t((now.share - before.share) / error, freedom)


def _share(sample: tuple[float, float]) -> Share:
    return Share(sample[0] / sample[1], sample[1], np.inf)


def _pair(interval: Interval) -> Bounds:
    return interval.lower, interval.upper


def _scaled(interval: Interval, scale: float) -> Bounds:
    lower, upper = _pair(interval)
    return None if lower is None else lower * scale, None if upper is None else upper * scale
