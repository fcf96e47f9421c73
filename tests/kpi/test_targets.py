"""Targets: a verdict only on what was agreed, and only as far as the interval lets it be said."""

import pytest
from hand_made_warehouse import MONTH, build, cutoff, gate
from metric_builder import metric

from infra import database
from kpi.estimate import estimate_month
from kpi.published import read_release
from kpi.release import release_month
from kpi.targets import judge


def number(value, lower, upper, target, reason=None):
    names = ("value", "lower_bound", "upper_bound", "target_value", "status_reason")
    return dict(zip(names, (value, lower, upper, target, reason), strict=True))


@pytest.mark.parametrize(
    ("direction", "found", "expected"),
    [
        ("higher", number(0.84, 0.80, 0.88, 0.80), ("reached", None)),
        ("higher", number(0.84, 0.80, 0.88, 0.81), ("cannot_say", "interval_spans_target")),
        ("higher", number(0.84, 0.80, 0.88, 0.88), ("cannot_say", "interval_spans_target")),
        ("higher", number(0.84, 0.80, 0.88, 0.89), ("not_reached", None)),
        ("lower", number(6, 5, 7, 7), ("reached", None)),
        ("lower", number(6, 5, 7, 5), ("cannot_say", "interval_spans_target")),
        ("lower", number(6, 5, 7, 4), ("not_reached", None)),
        ("higher", number(3, 2, None, 1), ("reached", None)),
        ("higher", number(3, 2, None, 9), ("cannot_say", "interval_spans_target")),
        ("lower", number(3, 2, None, 9), ("cannot_say", "interval_spans_target")),
        ("lower", number(3, 2, None, 1), ("not_reached", None)),
        ("undefined", number(6, 5, 7, 7), ("cannot_say", "no_direction")),
        ("higher", number(None, None, None, 1, "no_source"), ("cannot_say", "no_source")),
        ("higher", number(0.9, 0.8, 1.0, 0.5, "fewer_than_minimum"), ("cannot_say", "fewer_than_minimum")),
    ],
)
def test_a_target_is_reached_or_missed_only_by_the_whole_interval(direction, found, expected):
    assert judge(found, metric(direction=direction, statistic="ratio", unit="share")) == expected


def test_the_value_decides_where_nothing_is_a_sample():
    hours = metric(interval="none", statistic="sum", unit="hours_per_week")

    assert judge(number(40, None, None, 40), hours) == ("reached", None)
    assert judge(number(39.9, None, None, 40), hours) == ("not_reached", None)


@pytest.mark.services
def test_a_release_carries_the_targets_and_a_verdict_on_the_agreed_one_alone(make_deployment):
    settings, _ = make_deployment()
    targets = (
        ("satisfaction_happy_share", "service_point", "helmi", "agreed", 0.3),
        ("satisfaction_mean", "service_point", "helmi", "indicative_baseline", 4.0),
        ("abandonment_rate", "service_point", "helmi", "not_set", None),
        ("queue_time_median", "service_point", "onni", "agreed", 15),
    )
    build(settings, targets=targets)
    estimate_month(settings, MONTH, cutoff(settings), "final")
    gate(settings, "release")

    first, _ = release_month(settings, MONTH, cutoff(settings), "final")

    with database.connect(settings) as connection:
        released = read_release(connection, MONTH)
    assert [(row.metric_id, row.target_status, row.verdict, row.reason) for row in released.targets] == [
        ("abandonment_rate", "not_set", None, None),
        ("queue_time_median", "agreed", "cannot_say", "no_source"),
        ("satisfaction_happy_share", "agreed", "reached", None),
        ("satisfaction_mean", "indicative_baseline", None, None),
    ]
    assert first == "2026-10.1"


@pytest.mark.services
def test_another_target_makes_another_vintage(make_deployment):
    settings, _ = make_deployment()
    made = []
    for target in (0.3, 0.3, 0.99):
        build(settings, targets=[("satisfaction_happy_share", "service_point", "helmi", "agreed", target)])
        estimate_month(settings, MONTH, cutoff(settings), "final")
        gate(settings, "release")
        made.append(release_month(settings, MONTH, cutoff(settings), "final"))

    assert made == [("2026-10.1", True), ("2026-10.1", False), ("2026-10.2", True)]
