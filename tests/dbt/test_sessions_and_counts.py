"""Sessions, free times, incidents, complaints, advice, snapshots and service hours: from events to facts."""

from datetime import date
from functools import partial

import compare
import hand_made_landing
import hand_made_sessions
import pytest
from conftest import build, rows_of
from hand_made_sessions import PERMUTATIONS, SESSIONS

from infra import database

pytestmark = pytest.mark.services

DURATIONS = ("duration_seconds", "connection_delay_seconds", "help_wait_seconds")
# The rest is worked out by hand below: its rules of edges are not those of tests/recompute.
COUNTED = ("complaint_count", "statement_count", "incident_count", "incident_resolved_share", "guidance_success_mean")
FIRST_OF_OCTOBER = date(2026, 10, 1)


@pytest.fixture(scope="module")
def counts(make_deployment):
    """Settings of a deployment whose warehouse holds these events."""
    settings, environment = make_deployment()
    hand_made_landing.write(settings, hand_made_sessions.events(), hand_made_sessions.add_reference)
    build("2026-10", environment)
    return settings


@pytest.fixture(scope="module")
def found(counts):
    """A function that gives the rows of a query on that warehouse as tuples."""
    for rows in rows_of(counts):
        yield partial(tuples, rows)


@pytest.mark.parametrize("key", SESSIONS)
def test_a_session_has_the_times_and_rules_worked_out_by_hand(found, key):
    _steps, seconds, rules = SESSIONS[key]

    query = f"select {', '.join(DURATIONS)}, rules_applied from warehouse.fct_sessions where session_key = %s"
    assert found(query, key) == [(*seconds, rules)]


def test_the_order_in_which_events_arrive_changes_no_session(found):
    columns = "service_point_id, agency_code, session_kind, help_request_count, fault_count, rules_applied"
    rows = found(
        f"select split_part(session_key, '/', 1), {', '.join(DURATIONS)}, {columns}, count(*)"
        " from warehouse.fct_sessions where service_point_id = 'permuted' group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10"
    )

    assert sorted((row[0], row[-1]) for row in rows) == sorted((key, PERMUTATIONS) for key in SESSIONS)
    assert {row[0]: row[1:4] for row in rows} == {key: seconds for key, (_, seconds, _) in SESSIONS.items()}


def test_a_session_belongs_to_the_day_it_began_and_moves_no_closed_month(found):
    rows = found(
        "select session_key, opening_date::text, duration_seconds from warehouse.fct_sessions"
        " where session_key in ('last_of_september', 'first_of_october', 'end_told_late', 'coarse') order by 1"
    )

    assert rows == [
        ("coarse", "2026-10-06", None),
        ("end_told_late", "2026-09-30", None),
        ("first_of_october", "2026-10-01", 600),
        ("last_of_september", "2026-09-30", 600),
    ]


def test_linked_reports_are_one_incident_and_a_technical_fault_is_none(found):
    rows = found(
        "select incident_key, incident_type, report_count, followed_seconds, is_resolved, is_technical, rules_applied"
        " from warehouse.fct_incidents where opening_date >= '2026-10-01' order by opening_date, incident_key"
    )

    until_final = (33 * 24 + 16) * 3600  # 7 October 09:00 summer time to 10 November 00:00, an hour of it twice
    assert rows == [
        ("a", "threat", 3, 7200, True, False, ["linked"]),
        ("fault", "technical_network", 1, (34 * 24 + 16) * 3600, False, True, []),
        ("open", "theft", 1, until_final, False, False, []),
        ("over_at_once", "threat", 1, 0, True, False, []),
        ("over_before_it_began", "threat", 1, None, True, False, ["order"]),
    ]


def test_an_incident_is_not_over_that_was_over_after_its_month_was_final(found):
    query = "select is_resolved, followed_seconds from warehouse.fct_incidents where opening_date < '2026-10-01'"

    assert found(query) == [(False, 9 * 24 * 3600 + 60)]


def test_the_last_report_of_complaints_holds_and_a_quarter_belongs_to_its_last_month(found):
    rows = found(
        "select agency_code, overseer, period_month_count, lodged_count, overseer_count, is_counted_elsewhere,"
        " opening_date::text from warehouse.fct_complaint_reports order by 1, 2 desc, 3"
    )

    end = "2026-10-31"
    assert rows == [
        ("dvv", "parliamentary_ombudsman", 1, 2, 2, False, end),
        ("dvv", "parliamentary_ombudsman", 3, 6, 2, True, end),
        ("dvv", "chancellor_of_justice", 1, 2, 2, False, end),
        ("dvv", "chancellor_of_justice", 3, 6, 2, True, end),
        ("kela", "parliamentary_ombudsman", 1, 4, 2, False, end),
        ("kela", "chancellor_of_justice", 1, 0, 2, False, end),
        ("migri", "parliamentary_ombudsman", 3, 6, 2, False, end),
        ("migri", "chancellor_of_justice", 3, 6, 2, False, end),
        ("poliisi", "parliamentary_ombudsman", 1, 5, 1, False, end),
        ("vero", "parliamentary_ombudsman", 1, 0, 2, False, end),
        ("vero", "chancellor_of_justice", 1, 0, 2, False, end),
    ]


def test_the_first_look_of_an_opening_day_tells_how_far_the_next_free_time_is(found):
    rows = found(
        "select opening_date::text, first_lead_seconds, third_lead_seconds, is_first_beyond_horizon, is_opening_day,"
        " look_count from warehouse.fct_slots_observed where service_point_id = 'point' order by 1"
    )

    assert rows == [
        ("2026-10-05", 3600, 86400, False, True, 2),
        ("2026-10-06", 0, None, False, True, 1),
        ("2026-10-07", None, None, True, True, 1),
        ("2026-10-08", None, None, False, True, 1),
        ("2026-10-09", None, None, False, True, 1),
        ("2026-10-11", 86400, None, False, False, 1),
    ]


def test_a_snapshot_holds_to_the_next_at_most_a_quarter_within_the_opening_hours(found):
    rows = found(
        "select service_point_id, local_hour, snapshot_count, held_seconds::integer, waiting_seconds::integer,"
        " announced_wait_snapshot_count, announced_wait_minutes_sum from warehouse.fct_queue_snapshots order by 1, 2"
    )

    assert rows == [
        ("hours_unknown", 11, 2, 900, 3600, 0, 0),
        ("point", 7, 1, 0, 0, 0, 0),
        ("point", 8, 0, 300, 2700, 0, 0),
        ("point", 9, 1, 600, 2400, 1, 10),
        ("point", 10, 0, 300, 1200, 0, 0),
        ("point", 11, 2, 300, 1800, 1, 20),
        ("point", 16, 1, 300, 600, 0, 0),
    ]


def test_the_last_estimate_of_an_advice_counts_and_each_contact_keeps_its_class_of_agency(found):
    estimates = found(
        "select raw_value, score::integer, estimate_count, replaced_estimate_count"
        " from warehouse.fct_guidance_estimates order by 1"
    )
    contacts = found(
        "select agency_code, sum(advice_count)::integer from warehouse.fct_advice"
        " where is_customer_initiated group by 1 order by 1"
    )

    assert estimates == [("4", 4, 1, 1), ("5", 5, 1, 0), ("9", None, 1, 0)]
    assert contacts == [("kela", 1), ("none", 1), ("several", 1)]


def test_service_is_offered_while_the_point_is_open_the_agency_is_there_and_the_bus_at_its_stop(found):
    rows = found(
        "select agency_code, stop_id, opening_date::text, offered_minutes::integer from warehouse.fct_service_hours"
        " where service_point_id = 'mobile' and opening_date between '2026-10-05' and '2026-10-21' order by 3, 1"
    )
    days = found(
        "select count(*), sum(offered_minutes)::integer from warehouse.fct_service_hours"
        " where service_point_id = 'point' and agency_code = 'kela' and opening_date >= %s",
        FIRST_OF_OCTOBER,
    )

    assert rows == [
        ("kela", "village", "2026-10-06", 375),
        ("kela", "village", "2026-10-13", 375),
        ("vero", "village", "2026-10-13", 375),
        ("kela", "village", "2026-10-20", 375),
    ]
    assert days == [(22, 22 * 495)]


@pytest.mark.parametrize(
    ("metric_id", "level", "level_id", "expected"),
    [
        ("statement_count", "agency", "kela", (1, None)),
        ("incident_count", "service_point", "point", (4, None)),
        ("incident_count", "service_point", "mobile", (0, None)),
        ("incident_count", "service_point", "permuted", (None, "no_source")),
        ("incident_resolved_share", "service_point", "point", (3 / 4, None)),
        ("incident_resolution_median", "service_point", "point", (2, None)),
        ("first_slot_lead_time", "service_point", "point", (1, None)),
        ("first_slot_lead_time_days", "service_point", "point", (1 / 24, None)),
        ("customer_initiated_contacts", "service_point", "point", (3, None)),
        ("guidance_success_mean", "service_point", "point", (4.5, None)),
        ("guidance_coverage", "service_point", "point", (2 / 4, None)),
        ("people_waiting_mean", "service_point", "point", (8700 / 1800, None)),
        ("announced_wait_mean", "service_point", "point", (15, None)),
        ("connection_delay_median", "service_point", "point", (45 / 60, None)),
        ("self_service_minutes", "agency", "several", (1.5, None)),
        ("offered_service_hours", "agency", "poliisi", (22 * 8.25 * 7 / 31, None)),
    ],
)
def test_a_month_of_these_events_has_the_values_worked_out_by_hand(found, metric_id, level, level_id, expected):
    of_month = "(period, period_kind, breakdown) = ('2026-10-01', 'month', 'total')"
    condition = f"{of_month} and (metric_id, level, level_id) = (%s, %s, %s)"
    ((value, reason),) = found(
        f"select value, missing_reason from warehouse.metric_values where {condition}", metric_id, level, level_id
    )

    assert (value if value is None else float(value), reason) == (pytest.approx(expected[0]), expected[1])


def test_complaints_are_summed_over_agencies_of_one_length_of_period_and_when_all_have_reported(found):
    rows = found(
        "select level_id, collection_mode, value::integer, missing_reason from warehouse.metric_values"
        " where (metric_id, period, period_kind, breakdown) = ('complaint_count', '2026-10-01', 'month', 'total')"
        " order by level, 1, 2"
    )

    assert rows == [
        ("dvv", "complaint", 4, None),
        ("dvv", "complaint_3_months", 12, None),
        ("kela", "complaint", 4, None),
        ("migri", "complaint", None, "not_delivered"),
        ("migri", "complaint_3_months", 12, None),
        ("poliisi", "complaint", None, "not_delivered"),
        ("te", "complaint", None, "not_delivered"),
        ("vero", "complaint", 0, None),
        ("national", "complaint", None, "not_delivered"),
    ]


def test_the_uses_of_a_point_by_agency_keep_several_and_none_and_say_what_was_not_measured(found):
    query = "select agency_code, missing_reason, round(quantity, 1) from warehouse.fct_cost_sharing_inputs"
    condition = "period = '2026-10-01' and service_point_id = %s and measure = %s order by 1"
    of = {point: found(f"{query} where {condition}", point, "self_service_minutes") for point in ("point", "mobile")}

    measured = {agency: float(quantity) for agency, _, quantity in of["point"]}
    zeros = dict.fromkeys(("dvv", "migri", "poliisi", "te"), 0)
    assert measured == {"kela": 340, "vero": 10, "several": 1.5, "none": 1.5, **zeros}
    assert of["mobile"] == [(None, "no_source", None)]
    assert found(f"{query} where {condition}", "point", "visits") == [(None, "no_observations", None)]


def tuples(rows, query, *values):
    return [tuple(row.values()) for row in rows(query, *values)]


def test_what_is_counted_is_what_the_events_say(counts):
    with database.connect(counts) as connection:
        wrong, compared = compare.differences(connection, "2026-10")

    assert set(COUNTED) <= set(compared)
    assert [compare.described(row) for row in wrong if row["metric_id"] in COUNTED] == []


def test_a_sum_is_not_known_while_an_agency_that_is_to_report_has_not(found):
    rows = found(
        "select distinct value, missing_reason from warehouse.metric_values where metric_id = 'complaint_count'"
        " and (period, period_kind, breakdown, level) = ('2026-10-01', 'month', 'total', 'national')"
        " and collection_mode = 'complaint'"
    )

    assert rows == [(None, "not_delivered")]
