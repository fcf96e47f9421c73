"""Verdicts on change: every reason why two numbers cannot be compared, and every verdict when they can."""

import numpy as np
import pandas as pd
import pytest
from metric_builder import metric

from infra.months import parse_month
from kpi import changes, observations
from kpi.opening_days import Cell

MONTH = parse_month("2026-10")
BEFORE = MONTH.previous.first_day
A_YEAR_AGO = MONTH.a_year_before.first_day
KINDS = {
    "happy_share": {"statistic": "ratio", "interval": "persons", "unit": "share", "direction": "higher"},
    "mean_score": {"statistic": "mean", "interval": "persons", "unit": "score_1_5", "direction": "higher"},
    "feedback_quotient": {"statistic": "quotient", "interval": "persons", "unit": "quotient", "direction": "higher"},
    "left_share": {"statistic": "ratio", "interval": "opening_days", "unit": "share", "direction": "lower"},
    "mean_wait": {"statistic": "mean", "interval": "opening_days", "unit": "minutes", "direction": "lower"},
    "median_wait": {
        **{"statistic": "km_quantile", "quantile": 0.5, "interval": "opening_days", "unit": "minutes"},
        "direction": "lower",
    },
    "contacts": {"statistic": "count", "interval": "poisson", "unit": "count", "direction": "undefined"},
    "incident_rate": {
        **{"statistic": "rate", "per": 1000, "interval": "poisson", "unit": "per_1000_visits"},
        "direction": "lower",
    },
    "desk_minutes": {"statistic": "sum", "interval": "none", "unit": "minutes", "direction": "undefined"},
}
METRICS = {name: metric(metric_id=name, **kind) for name, kind in KINDS.items()}


def value(metric_id, period=MONTH.first_day, value=0.0, **changes):
    return {
        "metric_id": metric_id,
        "metric_version": 1,
        "period": period,
        "level": "service_point",
        "level_id": "helmi",
        "collection_mode": "device",
        "value": value,
        "value_status": "observed",
        "missing_reason": None,
        "numerator": value,
        "denominator": None,
        "sum_of_squares": None,
        "opening_day_count": 20,
    } | changes


def share(period, cases, trials, **changes):
    return value("happy_share", period, cases / trials, numerator=cases, denominator=trials, **changes)


PLACE = ("metric_id", "level_id", "comparison")


def judged(*values, cells=None, shares=(), scales=None, metrics=METRICS, key=PLACE):
    covered = pd.DataFrame(
        [
            {
                "period": period,
                "level": "service_point",
                "level_id": "helmi",
                "source_family": "feedback",
                "collection_mode": "device",
                "completeness_minutes_share": measured,
                "completeness_sources_share": None,
                "measured_minutes": None if measured is None else 9000.0 * measured,
                "opening_minutes": 9000.0,
            }
            for period, measured in dict(shares).items() or {BEFORE: None}.items()
        ]
    )
    by_day = cells or {}
    versions = {(metric_id, version): metric for metric_id, metric in metrics.items() for version in (1, 2)}
    observed = observations.observed(pd.DataFrame(values), by_day, covered, versions, "final", "passed")
    found = changes.changes(changes.numbers_of(observed, by_day, scales or {}, {}), metrics, MONTH)
    return {tuple(row[name] for name in key): row for row in observations.records(found)}


def verdict(*values, **changed):
    row = judged(*values, **changed)[values[0]["metric_id"], "helmi", "month"]
    return row["verdict"], row["reason"]


GONE = {"value": None, "value_status": "no_data", "numerator": None, "denominator": None}


@pytest.mark.parametrize(
    ("before", "found"),
    [
        ([], "no_earlier_month"),
        ([share(BEFORE, 80, 100, level_id="onni")], "no_earlier_value"),
        ([share(BEFORE, 80, 100, collection_mode="sms")], "mode_changed"),
        ([share(BEFORE, 80, 100, metric_version=2)], "definition_break"),
        ([share(BEFORE, 80, 100) | GONE | {"missing_reason": "not_delivered"}], "not_delivered"),
        ([share(BEFORE, 80, 100) | GONE | {"missing_reason": "closed"}], "closed"),
        ([share(BEFORE, 8, 9)], "fewer_than_minimum"),
    ],
)
def test_why_two_numbers_cannot_be_compared(before, found):
    assert verdict(share(MONTH.first_day, 70, 100), *before) == ("not_comparable", found)


def test_a_mode_that_is_new_beside_the_old_one_has_no_earlier_number():
    device = [share(period, 70, 100) for period in (MONTH.first_day, BEFORE)]
    new = share(MONTH.first_day, 80, 100, collection_mode="survey")
    found = judged(new, *device, key=("collection_mode", "comparison"))

    assert found["survey", "month"]["reason"] == "no_earlier_value"
    assert found["device", "month"]["verdict"] == "no_evidence"


def test_ten_answers_are_as_many_as_it_takes():
    assert verdict(share(MONTH.first_day, 70, 100), share(BEFORE, 8, 10)) == ("no_evidence", None)


def test_a_number_that_is_missing_now_says_so():
    now = share(MONTH.first_day, 1, 2) | GONE | {"missing_reason": "not_delivered"}

    assert verdict(now, share(BEFORE, 70, 100)) == ("not_comparable", "not_delivered")


@pytest.mark.parametrize(
    ("measured", "found"), [(0.8, ("no_evidence", None)), (0.79, ("not_comparable", "coverage_changed"))]
)
def test_a_month_that_was_measured_for_less_of_its_time_is_not_compared(measured, found):
    sides = share(MONTH.first_day, 70, 100), share(BEFORE, 75, 100)

    assert verdict(*sides, shares={MONTH.first_day: 1.0, BEFORE: measured}) == found


@pytest.mark.parametrize("level", ["service_point", "region", "national"])
@pytest.mark.parametrize(
    ("elsewhere", "found"),
    [(100, ("not_comparable", "scale_changed")), (6, ("not_comparable", "scale_changed")), (5, ("no_evidence", None))],
)
def test_answers_on_another_scale_are_not_compared_at_any_level(level, elsewhere, found):
    now = {"overall": {"faces_4": 100 - elsewhere, "faces_5": elsewhere}}
    before = {"overall": {"faces_4": 50}, "outcome": {"yes_no": 50}}
    faces = {(MONTH.first_day, level, "device"): {"helmi": now}, (BEFORE, level, "device"): {"helmi": before}}
    sides = share(MONTH.first_day, 70, 100, level=level), share(BEFORE, 75, 100, level=level)

    assert verdict(*sides, scales=faces) == found


def test_what_has_no_test_has_a_difference_and_no_verdict():
    row = judged(value("desk_minutes", value=900.0), value("desk_minutes", BEFORE, 700.0))[
        "desk_minutes", "helmi", "month"
    ]

    assert (row["difference"], row["verdict"], row["reason"]) == (200, "not_comparable", "no_test")


def days(metric_id, period, waits, called, total=None):
    """A value and its cell of twenty days; *waits* has the seconds of each day's tickets."""
    day = np.repeat(np.arange(20), [len(tickets) for tickets in waits])
    seconds, numerator = np.concatenate(waits).astype(float), np.concatenate(called).astype(float)
    denominator = np.ones(len(seconds)) if total is None else np.concatenate(total).astype(float)
    cell = Cell(day, np.zeros(20, dtype=np.int64), seconds, numerator, denominator)
    found = (
        numerator.sum() / denominator.sum()
        if METRICS[metric_id].statistic != "km_quantile"
        else np.median(seconds) / 60
    )
    row = value(metric_id, period, found, numerator=numerator.sum(), denominator=denominator.sum())
    return row, {(metric_id, 1, period, "service_point", "helmi", "device"): cell}


def wait_month(metric_id, period, pace, seed):
    generator = np.random.default_rng(seed)
    waits = [np.round(generator.gamma(2, pace, 25)) for _ in range(20)]
    if metric_id == "mean_wait":
        return days(metric_id, period, [[0.0]] * 20, [[tickets.sum() / 60] for tickets in waits], [[25]] * 20)
    if metric_id == "left_share":
        return days(metric_id, period, [[0.0]] * 20, [[(tickets > 900).sum()] for tickets in waits], [[25]] * 20)
    return days(metric_id, period, waits, [np.ones(25)] * 20)


@pytest.mark.parametrize("metric_id", ["mean_wait", "left_share", "median_wait"])
@pytest.mark.parametrize(
    ("pace_now", "pace_before", "found"), [(300, 300, "no_evidence"), (600, 300, "worse"), (300, 600, "better")]
)
def test_waits_that_grow_are_worse(metric_id, pace_now, pace_before, found):
    now, cell_now = wait_month(metric_id, MONTH.first_day, pace_now, 1)
    before, cell_before = wait_month(metric_id, BEFORE, pace_before, 2)

    assert verdict(now, before, cells=cell_now | cell_before) == (found, None)


def test_a_few_days_have_no_interval_and_no_verdict():
    now, cells = wait_month("mean_wait", MONTH.first_day, 300, 1)
    key = ("mean_wait", 1, BEFORE, "service_point", "helmi", "device")
    few = Cell(*(np.arange(4), np.zeros(4, dtype=np.int64), np.zeros(4), np.full(4, 50.0), np.full(4, 10.0)))
    before = value("mean_wait", BEFORE, 5.0, numerator=200.0, denominator=40.0)

    assert verdict(now, before, cells=cells | {key: few}) == ("not_comparable", "fewer_than_5_days")


def score(period, *counts):
    """A mean of so many answers of 1, 2, 3, 4 and 5."""
    scored = list(enumerate(counts, start=1))
    total, count = sum(score * n for score, n in scored), sum(counts)
    squares = sum(score**2 * n for score, n in scored)
    return value("mean_score", period, total / count, numerator=total, denominator=count, sum_of_squares=squares)


@pytest.mark.parametrize(
    ("sides", "found"),
    [
        ((share(MONTH.first_day, 95, 100), share(BEFORE, 60, 100)), "better"),
        ((share(MONTH.first_day, 60, 100), share(BEFORE, 95, 100)), "worse"),
        ((score(MONTH.first_day, 0, 0, 5, 20, 60), score(BEFORE, 10, 20, 20, 10, 5)), "better"),
        ((value("contacts", value=200), value("contacts", BEFORE, 100)), "changed_up"),
        ((value("contacts", value=100), value("contacts", BEFORE, 200)), "changed_down"),
        ((value("contacts", value=0), value("contacts", BEFORE, 0)), "no_evidence"),
    ],
)
def test_the_verdict_follows_the_direction_of_the_metric(sides, found):
    assert verdict(*sides) == (found, None)


def test_quotients_and_rates_are_compared_by_what_they_are_made_of():
    def quotient(period, positive, negative):
        return value("feedback_quotient", period, positive / negative, numerator=positive, denominator=negative)

    def rate(period, incidents, visits):
        return value("incident_rate", period, 1000 * incidents / visits, numerator=incidents, denominator=visits)

    assert verdict(quotient(MONTH.first_day, 90, 10), quotient(BEFORE, 50, 50)) == ("better", None)
    assert verdict(rate(MONTH.first_day, 60, 5000), rate(BEFORE, 20, 5000)) == ("worse", None)
    assert verdict(rate(MONTH.first_day, 40, 10000), rate(BEFORE, 20, 5000)) == ("no_evidence", None)


def test_a_longer_month_is_not_a_change():
    sides = value("contacts", value=31_000), value("contacts", BEFORE, 30_000)
    row = judged(*sides)["contacts", "helmi", "month"]

    assert (row["difference"], row["verdict"], row["p_value"]) == (1000, "no_evidence", pytest.approx(1))


def test_a_month_with_as_much_opening_time_is_as_long():
    sides = value("contacts", value=31_000), value("contacts", BEFORE, 30_000)

    assert verdict(*sides, shares={MONTH.first_day: 1.0, BEFORE: 1.0}) == ("changed_up", None)


@pytest.mark.parametrize(("measured", "found"), [(0.85, "no_evidence"), (1.0, "changed_down")])
def test_customers_of_hours_that_were_not_measured_are_no_change(measured, found):
    sides = value("contacts", value=2550), value("contacts", BEFORE, 3000)

    assert verdict(*sides, shares={MONTH.first_day: measured, BEFORE: 1.0}) == (found, None)


def test_no_evidence_says_which_change_would_have_been_seen():
    row = judged(share(MONTH.first_day, 70, 100), share(BEFORE, 72, 100))["happy_share", "helmi", "month"]

    assert row["verdict"] == "no_evidence"
    # (1.96 + 0.84) * sqrt(0.7 * 0.3 / 100 + 0.72 * 0.28 / 100) = 0.180
    assert row["smallest_detectable_change"] == pytest.approx(0.180, abs=0.004)


def test_a_year_ago_is_compared_where_the_warehouse_has_it():
    found = judged(share(MONTH.first_day, 95, 100), share(A_YEAR_AGO, 60, 100))

    assert found["happy_share", "helmi", "year"]["verdict"] == "better"
    assert found["happy_share", "helmi", "month"]["reason"] == "no_earlier_month"


def test_a_change_among_many_tests_needs_more_evidence():
    points = [f"point {number}" for number in range(39)]
    calm = [share(period, 70, 100, level_id=point) for point in points for period in (MONTH.first_day, BEFORE)]
    sides = share(MONTH.first_day, 80, 100), share(BEFORE, 64, 100)
    alone, among = (judged(*sides, *others)["happy_share", "helmi", "month"] for others in ([], calm))

    assert alone["p_value"] == among["p_value"] < 0.05
    assert (alone["verdict"], among["verdict"]) == ("better", "no_evidence")
    assert among["q_value"] == pytest.approx(40 * among["p_value"])


def test_supporting_metrics_other_levels_and_what_is_not_published_are_families_of_their_own():
    others = {"supporting_share": {"standing": "supporting"}, "restricted_share": {"restricted": True}}
    known = METRICS | {name: metric(**KINDS["happy_share"], **kind) for name, kind in others.items()}
    elsewhere = [*({"metric_id": name} for name in others), {"level": "national", "level_id": "national"}]
    sides = [share(MONTH.first_day, 80, 100), share(BEFORE, 64, 100)]
    calm = [share(period, 70, 100) | place for place in elsewhere for period in (MONTH.first_day, BEFORE)]
    found = judged(*sides, *calm, metrics=known)
    tested = [row for row in found.values() if row["comparison"] == "month"]

    assert len(tested) == 4
    assert [row["q_value"] for row in tested] == [row["p_value"] for row in tested]
