"""The hand-made October, worked out on paper and by the models."""

from datetime import UTC, date, datetime

import plain_metrics
import pytest
from hand_made_october import RULES

from infra import database
from infra.errors import ActionNeeded
from infra.months import parse_month
from kpi.build import build_stage, run_unit_tests
from kpi.metric_catalogue import read_catalogue

pytestmark = pytest.mark.services

CUTOFF = datetime(2026, 11, 9, 22, tzinfo=UTC)
FLAGS = {"has_duplicate_transition", "has_event_after_close", "has_missing_event", "is_fate_unknown"}
FLAGS |= {"is_wait_implausible", "is_preparation_implausible", "is_service_implausible"}
MONTHS = "period_kind = 'month' and breakdown = 'total'"
COMPONENT_COLUMNS = {
    "service_point_id",
    "agency_code",
    "collection_mode",
    "numerator",
    "denominator",
    "opening_date",
}


@pytest.mark.parametrize("key", sorted(RULES))
def test_the_queue_rules_say_what_became_of_a_wait(rows, key):
    _steps, outcome, seconds = RULES[key]

    found = rows("select * from warehouse.int_tickets_followed where ticket_key = %s", key)

    assert [(ticket["waiting_outcome"], ticket["wait_seconds"]) for ticket in found] == [(outcome, seconds)]


@pytest.mark.parametrize("key", ["served", "zero", "issued_again", "put_back_and_called_again", "left", "four_hours"])
def test_what_is_in_order_has_no_flag(rows, key):
    (ticket,) = rows("select * from warehouse.int_tickets_followed where ticket_key = %s", key)

    assert {name for name in FLAGS if ticket[name]} == set()


@pytest.mark.parametrize(
    ("key", "flag"),
    [
        ("called_again_within_a_retry", "has_duplicate_transition"),
        ("issued_again_within_a_retry", "has_duplicate_transition"),
        ("left_and_then_called", "has_event_after_close"),
        ("call_not_told", "has_missing_event"),
        ("never_closed", "is_fate_unknown"),
        ("longer_than_four_hours", "is_wait_implausible"),
        ("called_long_before_issue", "is_wait_implausible"),
    ],
)
def test_what_is_odd_is_flagged_and_nothing_else_is(rows, key, flag):
    (ticket,) = rows("select * from warehouse.int_tickets_followed where ticket_key = %s", key)

    assert {name for name in FLAGS if ticket[name]} == {flag}


def test_every_ticket_for_service_is_counted_once_with_its_fate(rows):
    (day,) = rows("select * from warehouse.fct_tickets where service_point_id = 'rules'")

    fates = [outcome for _steps, outcome, _seconds in RULES.values()]
    assert day["ticket_count"] == len(RULES)
    assert day["left_waiting_count"] == fates.count("left")
    assert day["unknown_fate_count"] == fates.count("unknown")
    assert day["call_not_recorded_count"] == fates.count("not_recorded")
    assert (day["implausible_wait_count"], day["reverted_attempt_count"], day["called_absent_count"]) == (2, 2, 1)


@pytest.mark.parametrize(
    ("metric_id", "level", "level_id", "mode", "expected"),
    [
        # R's survfit gives these medians for the aml data; a step at exactly one half gives its middle.
        ("queue_time_median", "service_point", "aml_maintained", "queue_system", (31 / 60, 7, 11)),
        ("queue_time_median", "service_point", "aml_nonmaintained", "queue_system", (23 / 60, 11, 12)),
        ("queue_time_median", "service_point", "flat", "queue_system", (400 / 60, 2, 2)),
        # Booking told late by its system, and the fate of the ticket unknown: one more in the denominator.
        ("booked_on_time_share", "service_point", "booked", "booking_system", (0.4, 2, 5)),
        # Tickets issued are the base: of 25 walk-ins 14 were called within 900 s.
        ("queue_time_within_target_share", "service_point", "rules", "queue_system", (14 / 25, 14, 25)),
        # From 13 October the target is 30 s, at one point 60 s from 15 October; before, the default of 900 s holds.
        ("queue_time_within_target_share", "service_point", "aml_maintained", "queue_system", (6 / 11, 6, 11)),
        ("queue_time_within_target_share", "service_point", "aml_nonmaintained", "queue_system", (10 / 12, 10, 12)),
        ("visits", "service_point", "days", "queue_system", (5, 5, None)),
        ("visits", "agency", "vero", "queue_system", (1, 1, None)),
        ("visits", "service_point", "moved", "queue_system", (0, 0, None)),
        ("visits", "agency", "kela", "queue_system", (63, 63, None)),
        ("satisfaction_mean", "service_point", "days", "device", (1, 1, 1)),
        ("satisfaction_mean", "region", "10", "device", (1, 2, 2)),
        ("satisfaction_mean", "region", "06", "device", (5, 5, 1)),
        ("satisfaction_mean", "size_class", "XS", "device", (3, 6, 2)),
        ("satisfaction_mean", "national", "national", "device", (7 / 3, 7, 3)),
        ("satisfaction_mean", "national", "national", "web", (7 / 3, 7, 3)),
        ("satisfaction_mean", "agency", "te_office", "web", (1, 1, 1)),
        ("satisfaction_mean", "agency", "te", "web", (2, 2, 1)),
        ("satisfaction_mean", "agency", "vero", "web", (4, 4, 1)),
        ("satisfaction_mean", "service_point", "survey_only", "survey", (3.5, 7, 2)),
        ("satisfaction_happy_share", "service_point", "survey_only", "survey", (0.5, 1, 2)),
        ("completeness", "service_point", "night", "feedback", (120 / 780, 120, 780)),
        ("respectful_mean", "service_point", "survey_only", "survey", (4, 8, 2)),
        ("trust_statutes_followed_mean", "national", "national", "survey", (3, 6, 2)),
        ("trust_statutes_followed_mean", "national", "national", "survey_wider_sample", (2, 2, 1)),
        ("independent_next_time_share", "service_point", "flat", "popup_self_service", (2 / 3, 2, 3)),
        ("open_feedback_positive_count", "service_point", "flat", "oral", (2, 2, None)),
        ("open_feedback_ratio", "service_point", "flat", "oral", (2, 2, 1)),
        ("open_feedback_unclassified_count", "service_point", "flat", "oral", (1, 1, None)),
        # Three of kela's eight answered; of vero's one invitation two answers came, and so there is no rate.
        ("response_rate", "service_point", "flat", "sms", (3 / 8, 3, 8)),
        ("staff_safety_physical_mean", "agency", "kela", "staff_survey", (4.4, 44, 10)),
    ],
)
def test_october_has_the_values_worked_out_by_hand(rows, metric_id, level, level_id, mode, expected):
    value = value_of(rows, "2026-10-01", metric_id, level, level_id, mode)

    found = [
        value[name] if value[name] is None else float(value[name]) for name in ("value", "numerator", "denominator")
    ]
    assert found == pytest.approx(expected)


def test_the_month_before_is_counted_as_it_was_when_it_was_final(rows):
    visits = value_of(rows, "2026-09-01", "visits", "service_point", "days", "queue_system")
    satisfaction = value_of(rows, "2026-09-01", "satisfaction_mean", "service_point", "days", "device")
    late = rows("select period, sum(event_count) as events from warehouse.fct_late_events group by 1 order by 1")

    assert visits["value"] == 1
    assert (satisfaction["value"], satisfaction["denominator"]) == (1, 1)
    # One answer told of a visit in July; counts of staff of August and September were sent again in October.
    months = [(date(2026, 7, 1), 1), (date(2026, 8, 1), 1), (date(2026, 9, 1), 5), (date(2026, 10, 1), 1)]
    assert [tuple(row.values()) for row in late] == months


def test_a_median_that_is_not_reached_says_more_than_the_longest_wait(rows):
    median = value_of(rows, "2026-10-01", "queue_time_median", "service_point", "leavers", "queue_system")

    assert median["value_status"] == "beyond_range"
    assert float(median["value"]) == pytest.approx(200 / 60)


@pytest.mark.parametrize(
    ("period", "point", "metric_id", "mode", "reason"),
    [
        ("2026-10-01", "dead", "satisfaction_mean", "device", "not_delivered"),
        ("2026-10-01", "empty", "visits", "queue_system", "no_source"),
        ("2026-10-01", "shut", "visits", "queue_system", "closed"),
        ("2026-10-01", "moved", "queue_time_median", "queue_system", "no_observations"),
        ("2026-10-01", "survey_only", "completeness", "feedback", "no_source"),
        ("2026-10-01", "days", "equal_mean", "survey", "no_observations"),
        ("2026-09-01", "days", "equal_mean", "survey", "no_wave"),
        ("2026-09-01", "survey_only", "satisfaction_mean", "survey", "no_wave"),
        ("2026-09-01", "survey_only", "satisfaction_mean", "device", "no_source"),
        ("2026-10-01", "days", "resolved_rate", "none", "no_source"),
        ("2026-10-01", "rules", "open_feedback_ratio", "oral", "nothing_to_divide_by"),
    ],
)
def test_a_missing_value_says_why(rows, period, point, metric_id, mode, reason):
    value = value_of(rows, period, metric_id, "service_point", point, mode)

    assert (value["value"], value["value_status"], value["missing_reason"]) == (None, "no_data", reason)


def test_no_missing_value_claims_a_mode_that_the_deployment_never_had(rows):
    modes = rows("select distinct metric_id, collection_mode from warehouse.metric_values where value is null")

    of = {metric_id: set() for metric_id in ("satisfaction_mean", "resolved_rate", "completeness", "visits")}
    for row in modes:
        of.get(row["metric_id"], set()).add(row["collection_mode"])
    assert of == {
        "satisfaction_mean": {"device", "interview", "survey"},
        "resolved_rate": {"none"},
        "completeness": {"feedback", "queue"},
        "visits": {"queue_system"},
    }


@pytest.mark.parametrize(
    ("warehouse", "month", "cutoff"),
    [("october", date(2026, 10, 1), CUTOFF), ("march", date(2027, 3, 1), datetime(2027, 4, 9, 21, tzinfo=UTC))],
)
def test_all_values_are_those_of_a_plain_computation_from_landing(request, warehouse, month, cutoff):
    settings = request.getfixturevalue(warehouse)
    zone = settings.deployment.time_zone
    with database.connect(settings) as connection:
        plain = plain_metrics.values(connection, month, zone, cutoff)
        query = "select period, metric_id, level, level_id, collection_mode, value, numerator, denominator"
        found = connection.execute(
            f"{query} from warehouse.metric_values where value is not null and metric_id = any(%s)"
            f" and {MONTHS} and level not in ('team_area', 'point_agency')",
            (list(plain_metrics.METRICS),),
        ).fetchall()

    values = {row[:5]: row[5:] for row in found if row[5] != 0 or row[:5] in plain}
    assert values.keys() == plain.keys()
    for cell, (value, numerator, denominator) in plain.items():
        assert float(values[cell][0]) == pytest.approx(float(value)), cell
        assert (values[cell][1], values[cell][2] or 0) == (numerator, denominator), cell


def test_opening_hours_follow_exceptions_and_holidays(rows):
    days = rows("select * from warehouse.fct_opening_days where service_point_id = 'days' order by opening_date")

    minutes = {day["opening_date"].isoformat(): day["opening_minutes"] for day in days}
    checked = ("2026-10-01", "2026-10-02", "2026-10-03", "2026-10-05", "2026-10-06")
    assert [minutes[day] for day in checked] == [495, 0, 0, 0, 120]


def test_an_hour_is_measured_when_the_installation_gave_a_sign_of_life_in_it(rows):
    query = "select * from warehouse.fct_measured_minutes where source_family = 'feedback' and (%s, %s) = "
    point_and_day = "(service_point_id, opening_date::text)"

    (thursday,) = rows(query + point_and_day, "days", "2026-10-01")
    (night_of_the_change,) = rows(query + point_and_day, "night", "2026-10-25")

    assert (thursday["measured_minutes"], thursday["opening_minutes"]) == (195, 495)
    assert (night_of_the_change["measured_minutes"], night_of_the_change["opening_minutes"]) == (120, 240)


def test_what_is_not_known_of_completeness_is_null_and_not_zero(rows):
    found = rows(
        "select source_family, collection_mode, measured_minutes, opening_minutes, delivered_source_count,"
        " expected_source_count"
        " from warehouse.completeness_values where period = '2026-10-01' and level_id = 'survey_only' order by 1, 2"
    )

    assert [tuple(row.values()) for row in found] == [
        ("booking", "booking_system", None, None, 0, 1),
        ("device", "booking", None, None, 0, 1),
        ("device", "feedback", None, None, 1, 1),
        ("device", "queue", None, None, None, None),
        ("feedback", "survey", None, None, 1, 1),
    ]


def test_completeness_is_that_of_the_rows_own_sources(rows):
    found = rows(
        "select level_id, collection_mode, measured_minutes, opening_minutes from warehouse.completeness_values"
        " where period = '2026-10-01' and source_family = 'feedback' and level in ('service_point', 'region')"
        " and level_id in ('days', '06') order by 1, 2"
    )

    # Of the point that moved to region 06 on 15 October, the twelve days since count there: 495 minutes each.
    assert [tuple(row.values()) for row in found] == [
        ("06", "device", 60, 12 * 495),
        ("06", "survey", None, None),
        ("days", "device", 255, 9525),
        ("days", "survey", None, None),
    ]


def test_every_metric_gives_the_columns_that_its_statistic_and_breakdowns_need(rows, october):
    columns = rows("select table_name, column_name from information_schema.columns where table_schema = 'warehouse'")

    for metric in read_catalogue(october).values():
        needed = COMPONENT_COLUMNS | set(metric.breakdowns)
        needed |= {"duration_seconds"} if metric.statistic == "km_quantile" else set()
        needed |= {"sum_of_squares"} if (metric.statistic, metric.interval) == ("mean", "persons") else set()
        assert {row["column_name"] for row in columns if row["table_name"] == metric.metric_id} == needed


def test_the_worked_examples_of_the_metrics_hold(october):
    run_unit_tests(october, print)


def test_a_build_is_recorded_by_stage(rows):
    builds = rows("select stage, month, reference_digest, built_at is not null from ops.build order by build_id")

    assert [tuple(build.values()) for build in builds] == [
        ("marts", date(2026, 9, 1), "none", True),
        ("marts", date(2026, 10, 1), "none", True),
        ("metrics", date(2026, 9, 1), "none", True),
        ("metrics", date(2026, 10, 1), "none", True),
    ]


def test_a_failed_build_shows_what_dbt_says(make_deployment):
    settings, _environment = make_deployment()
    with database.connect(settings) as connection:
        connection.execute("drop table reference.target cascade")

    with pytest.raises(ActionNeeded, match=r"(?s)dbt build failed.*reference.target. does not exist"):
        build_stage(settings, parse_month("2026-10"), CUTOFF, "marts", print)


def value_of(rows, period, metric_id, level, level_id, mode):
    query = f"select * from warehouse.metric_values where {MONTHS}"
    query += " and (period, metric_id, level, level_id, collection_mode) = "
    found = rows(query + "(%s::date, %s, %s, %s, %s)", period, metric_id, level, level_id, mode)
    return found[0] if found else None
