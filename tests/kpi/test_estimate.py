"""Estimates: what each kind of metric value becomes, and when a month is refused."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hand_made_warehouse import MONTH, build, cutoff, gate, record, rows
from sqlalchemy import text

from infra import database
from infra.errors import ActionNeeded
from kpi import counted_periods, scales
from kpi.estimate import estimate_month

pytestmark = pytest.mark.services


@pytest.fixture
def settings(make_deployment):
    return make_deployment()[0]


def estimated(settings, metric_id, level_id):
    [row] = rows(
        settings,
        "select * from publish.estimate where metric_id = :metric_id and level_id = :level_id",
        metric_id=metric_id,
        level_id=level_id,
    )
    return row


def test_every_kind_of_metric_gets_its_interval_and_its_n(settings):
    build(settings)

    estimate_month(settings, MONTH, cutoff(settings), "final")

    found = {
        metric: estimated(settings, metric, "helmi") for metric in ("satisfaction_mean", "satisfaction_happy_share")
    }
    found |= {
        metric: estimated(settings, metric, "helmi") for metric in ("abandonment_rate", "queue_time_median", "visits")
    }
    assert {metric: (row["interval_method"], row["observation_count"]) for metric, row in found.items()} == {
        "satisfaction_mean": ("t", 5),
        "satisfaction_happy_share": ("wilson", 10),
        "abandonment_rate": ("clustered_ratio", 200),
        "queue_time_median": ("clustered_bootstrap", 80),
        "visits": ("poisson_exact", 80),
    }
    assert all(row["lower_bound"] < row["value"] < row["upper_bound"] for row in found.values())
    assert {row["observation_status"] for row in found.values()} == {"A"}
    assert found["queue_time_median"]["cluster_count"] == 10


def test_missing_few_and_out_of_range_are_different_things(settings):
    build(settings)

    estimate_month(settings, MONTH, cutoff(settings), "final")

    columns = ("value", "observation_status", "status_reason", "interval_method")
    cells = [("queue_time_median", "onni"), ("satisfaction_mean", "onni"), ("queue_time_median", "vero")]
    assert [tuple(estimated(settings, *cell)[column] for column in columns) for cell in cells] == [
        (None, "L", "no_source", None),
        (4.5, "U", "fewer_than_minimum", "t"),
        (12, "A", "beyond_range", None),
    ]


def test_completeness_that_is_unknown_is_not_zero(settings):
    build(settings)

    estimate_month(settings, MONTH, cutoff(settings), "final")

    row = estimated(settings, "visits", "helmi")
    assert (row["completeness_minutes_share"], row["completeness_sources_share"]) == (Decimal("0.9"), None)


def test_the_worst_verdict_travels_with_each_number_and_a_provisional_month_says_so(settings):
    build(settings)
    gate(settings, "marts", "passed_with_warnings")

    estimates = estimate_month(settings, MONTH, cutoff(settings), "provisional")

    assert set(estimates["gate_verdict"]) == {"passed_with_warnings"}
    assert set(estimates["observation_status"]) == {"P", "U", "L"}


def test_the_month_before_a_provisional_one_is_final(settings):
    build(settings)
    with database.begin(settings) as connection:
        connection.execute(
            text(
                "insert into warehouse.metric_values (metric_id, metric_version, statistic, period, level, level_id,"
                " collection_mode, value, value_status, numerator, denominator, sum_of_squares, opening_day_count,"
                " period_kind, breakdown, is_in_force)"
                " select metric_id, metric_version, statistic, :before, level, level_id, collection_mode, value,"
                " value_status, numerator, denominator, sum_of_squares, opening_day_count,"
                " period_kind, breakdown, is_in_force from warehouse.metric_values"
                " where metric_id = 'visits' and level_id = 'helmi'"
            ),
            {"before": MONTH.previous.first_day},
        )

    estimate_month(settings, MONTH, cutoff(settings), "provisional")

    found = rows(settings, "select * from publish.estimate where metric_id = 'visits' and level_id = 'helmi'")
    assert {row["period"]: row["observation_status"] for row in found} == {
        MONTH.previous.first_day: "A",
        MONTH.first_day: "P",
    }


def test_completeness_of_another_collection_mode_is_not_lent(settings):
    build(settings)
    with database.begin(settings) as connection:
        connection.execute(
            text("update warehouse.completeness_values set source_family = 'feedback', collection_mode = 'sms'")
        )

    estimate_month(settings, MONTH, cutoff(settings), "final")

    row = estimated(settings, "satisfaction_mean", "helmi")
    assert (row["collection_mode"], row["completeness_minutes_share"]) == ("device", None)


def test_estimating_again_replaces_the_month_with_the_same_numbers(settings):
    build(settings)

    estimate_month(settings, MONTH, cutoff(settings), "final")
    first = rows(settings, "select * from publish.estimate order by metric_id, level, level_id")
    estimate_month(settings, MONTH, cutoff(settings), "final")

    assert rows(settings, "select * from publish.estimate order by metric_id, level, level_id") == first


def test_a_month_whose_gate_did_not_run_for_this_cutoff_is_refused(settings):
    build(settings)
    later = cutoff(settings) + timedelta(days=1)

    with pytest.raises(
        ActionNeeded, match=r"gate landing has not run for 2026-10 with cutoff 2026-11-11.*pulssi gate landing"
    ):
        estimate_month(settings, MONTH, later, "final")


def test_a_blocked_gate_stops_the_month(settings):
    build(settings)
    gate(settings, "metrics", "blocked")

    with pytest.raises(ActionNeeded, match="gate metrics blocked 2026-10, 1 blocking checks failed"):
        estimate_month(settings, MONTH, cutoff(settings), "final")


def test_a_gate_older_than_the_build_it_judges_does_not_count(settings):
    build(settings)
    record(settings, "build", stage="metrics", cutoff=cutoff(settings), reference_digest="reference")

    with pytest.raises(ActionNeeded, match="gate metrics of 2026-10 ran before the latest build"):
        estimate_month(settings, MONTH, cutoff(settings), "final")


def test_a_month_that_was_built_as_of_another_cutoff_since_is_refused(settings):
    build(settings)
    earlier = cutoff(settings) - timedelta(days=7)
    record(settings, "build", stage="marts", month="2026-10-01", cutoff=earlier, reference_digest="reference")

    with pytest.raises(
        ActionNeeded,
        match=r"marts of 2026-10 is not there but that with cutoff .*: run pulssi build 2026-10 --stage marts",
    ):
        estimate_month(settings, MONTH, cutoff(settings), "final")


def test_every_number_of_the_month_is_compared_with_the_month_before_and_with_a_year_ago(settings):
    build(settings)

    estimate_month(settings, MONTH, cutoff(settings), "final")

    counted = "select count(*) from publish.{} where month = :month and {}"
    of_month = {"month": MONTH.first_day}
    with database.begin(settings) as connection:
        estimates = connection.execute(text(counted.format("estimate", "period = month")), of_month).scalar()
        changes = connection.execute(text(counted.format("change_estimate", "true")), of_month).scalar()
    assert changes == 2 * estimates > 0
    reasons = rows(settings, "select distinct verdict, reason from publish.change_estimate")
    assert reasons == [{"verdict": "not_comparable", "reason": "no_earlier_month"}]


def test_an_agency_that_counts_a_quarter_is_known_by_it(settings):
    build(settings)

    with database.begin(settings) as connection:
        found = counted_periods.read_longer_counts(connection, [MONTH.previous.first_day, MONTH.first_day])

    assert found == {MONTH.first_day: {"kela": 3}}


def test_the_scales_of_a_place_are_those_of_its_points(settings):
    build(settings)

    with database.begin(settings) as connection:
        found = scales.read_scales(connection, [MONTH.previous.first_day, MONTH.first_day])

    now = {level: found[MONTH.first_day, level, "device"] for level in ("service_point", "size_class", "region")}
    assert now == {
        "service_point": {"helmi": {"overall": {"faces_5": 3}}, "onni": {"overall": {"faces_4": 3}}},
        "size_class": {"M": {"overall": {"faces_5": 3}}, "S": {"overall": {"faces_4": 3}}},
        "region": {"10": {"overall": {"faces_4": 3, "faces_5": 3}}},
    }
    assert found[MONTH.previous.first_day, "national", "device"] == {"national": {"overall": {"faces_4": 3}}}
