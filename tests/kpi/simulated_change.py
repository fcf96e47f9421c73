"""Points whose days differ, two months long: what is called a change when nothing, or a known part, has changed."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from metric_builder import metric

from infra.months import parse_month
from kpi import changes, equality_gaps
from kpi.changes import Numbers
from kpi.opening_days import Cell

MONTH = parse_month("2026-10")
MODE = "device"
METRICS = {
    found.metric_id: found
    for found in (
        metric(metric_id="happy_share", interval="persons", statistic="ratio", unit="share"),
        metric(metric_id="mean_score", interval="persons", statistic="mean", unit="score_1_5"),
        metric(metric_id="left_share", statistic="ratio", unit="share", direction="lower"),
        metric(metric_id="mean_wait", statistic="mean", unit="minutes", direction="lower"),
        metric(metric_id="median_wait", statistic="km_quantile", quantile=0.5, unit="minutes", direction="lower"),
        metric(metric_id="contacts", interval="poisson", statistic="count", unit="count", direction="undefined"),
    )
}


@dataclass(frozen=True, slots=True)
class Point:
    """What a point is like in a month: how happy its customers are, how long they wait, how often they call."""

    answers: int
    day_count: int
    tickets: float
    happiness: float
    pace: float
    contacts: float


def simulated(generator, point_count, changed_share):
    """One row per point and metric: whether it changed by design, and what the verdict was."""
    by_place, changed = {}, {}
    for number in range(point_count):
        point = _point(generator)
        by_metric = {metric_id: bool(generator.random() < changed_share) for metric_id in METRICS}
        changed |= {(metric_id, f"point {number}"): is_changed for metric_id, is_changed in by_metric.items()}
        for period, is_now in ((MONTH.first_day, True), (MONTH.previous.first_day, False)):
            for metric_id, is_changed in by_metric.items():
                made = _number(generator, point, metric_id, period, is_changed and is_now)
                made.row.update(level="service_point", level_id=f"point {number}")
                by_place[period, metric_id, "service_point", f"point {number}"] = {MODE: made}
    numbers = Numbers(by_place, frozenset((MONTH.first_day, MONTH.previous.first_day)), {}, {})
    found = changes.changes(numbers, METRICS, MONTH)
    found = found[found["comparison"] == "month"]
    places = zip(found["metric_id"], found["level_id"], strict=True)
    return found.assign(is_changed=[changed[place] for place in places])


def scored(families):
    """Per metric: how often chance alone is below 5 %, how often the interval of no difference holds 0, and power."""
    rows = pd.concat(families)
    calm = rows[~rows["is_changed"] & rows["p_value"].notna()]
    holds = (calm["lower_bound"] <= 0) & (calm["upper_bound"] >= 0)
    seen = rows[rows["is_changed"]].assign(seen=lambda found: found["verdict"] != "no_evidence")
    return pd.DataFrame(
        {
            "tests": calm.groupby("metric_id").size(),
            "below_5_percent": (calm["p_value"] < 0.05).groupby(calm["metric_id"]).mean(),
            "interval_holds": holds.groupby(calm["metric_id"]).mean(),
            "power": seen.groupby("metric_id")["seen"].mean(),
        }
    )


def false_discovery_rate(families):
    """The mean over the families of the share of changes told that are none."""
    return float(np.mean([_false_share(family) for family in families]))


def _false_share(family):
    told = family[~family["verdict"].isin(["no_evidence", "not_comparable"])]
    return float((~told["is_changed"]).mean()) if len(told) else 0.0


def _point(generator):
    return Point(
        answers=int(generator.integers(30, 500)),
        day_count=int(generator.integers(12, 23)),
        tickets=float(generator.uniform(8, 60)),
        happiness=float(generator.beta(30, 6)),
        pace=float(generator.uniform(100, 500)),
        contacts=float(generator.uniform(5, 300)),
    )


def _number(generator, point, metric_id, period, is_changed):
    maker = _persons if METRICS[metric_id].interval == "persons" else _days
    sums, cell = maker(generator, point, metric_id, is_changed) if metric_id != "contacts" else (None, None)
    if sums is None:
        count = float(generator.poisson(point.contacts * (1.5 if is_changed else 1.0)))
        sums = {"numerator": count, "denominator": 1.0, "sum_of_squares": 0.0}
    made = equality_gaps.number_of(1, period, MODE, sums, cell, METRICS[metric_id])
    if metric_id == "contacts":
        made.row.update(measured_minutes=9000.0, opening_minutes=9000.0)
    return made


def _persons(generator, point, metric_id, is_changed):
    happiness = point.happiness - (0.12 if is_changed else 0.0)
    scores = 1 + generator.binomial(4, happiness, point.answers)
    if metric_id == "happy_share":
        return {
            "numerator": float((scores >= 4).sum()),
            "denominator": float(point.answers),
            "sum_of_squares": 0.0,
        }, None
    sums = (scores.sum(), point.answers, (scores**2).sum())
    return dict(zip(equality_gaps.SUMS, map(float, sums), strict=True)), None


def _days(generator, point, metric_id, is_changed):
    """Tickets of days with a pace of their own; whoever waits longer than they have patience leaves."""
    counts = generator.poisson(point.tickets, point.day_count) + 1
    days = np.repeat(np.arange(point.day_count), counts)
    pace = point.pace * (1.6 if is_changed else 1.0) * generator.gamma(6, 1 / 6, point.day_count)[days]
    waits, patience = np.round(generator.gamma(1.5, pace)), np.round(generator.exponential(3000, len(days)))
    called, waits = (waits <= patience).astype(float), np.minimum(waits, patience)
    if metric_id == "median_wait":
        cell = Cell(days, np.zeros(point.day_count, dtype=np.int64), waits, called, np.ones(len(days)))
    else:
        part = 1 - called if metric_id == "left_share" else waits / 60
        of_day = np.bincount(days, part), np.bincount(days).astype(float)
        zeros = np.zeros(point.day_count)
        cell = Cell(np.arange(point.day_count), zeros.astype(np.int64), zeros, *of_day)
    return {"numerator": cell.numerator.sum(), "denominator": cell.denominator.sum(), "sum_of_squares": 0.0}, cell
