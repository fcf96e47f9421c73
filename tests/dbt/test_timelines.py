"""Each queue rule on a timeline in words, and what no telling of the same events may change."""

import re
from collections import defaultdict
from datetime import UTC, date, datetime

import plain_metrics
import pytest
from booking_stories import STORIES
from generated_courses import TELLINGS
from plain_tickets import follow
from timelines import TIMELINES, expected

from infra import database

pytestmark = pytest.mark.services

TIMES = "first_wait_seconds, repeat_wait_seconds, preparation_seconds, service_seconds, hold_seconds"
SERVICE_EVENT = "select * from warehouse.fct_service_events where service_event_id = %s"
# What a retry is allowed to leave behind: the word that it was told twice.
TOLD_TWICE = {"has_duplicate_transition", "rules_applied"}
PLAIN = ("fate", "wait", "repeat_wait", "service", "hold")
CUTOFF = datetime(2027, 4, 9, 21, tzinfo=UTC)
OWN = {"service_event_id", "visit_id"}
# Of an appointment, an incident and the estimates of advice: where its rows are, and what a second telling may add.
COURSES = {
    "fct_bookings": ("booking_id", set()),
    "fct_incidents": ("incident_key", {"report_count", "rules_applied"}),
    "fct_advice": ("service_point_id", set()),
    "fct_guidance_estimates": ("service_point_id", {"replaced_estimate_count"}),
}


@pytest.mark.parametrize("name", TIMELINES)
def test_a_timeline_becomes_the_times_that_the_rules_say(rows_told, name):
    times, outcomes, rules = expected(TIMELINES[name][1])

    (found,) = rows_told(SERVICE_EVENT, name)

    assert [found[time] for time in TIMES.split(", ")] == times
    assert (found["waiting_outcome"], found["outcome"]) == outcomes
    assert set(found["rules_applied"]) == rules


def test_every_rule_that_a_row_can_name_has_a_timeline(rows_told):
    named = rows_told("select distinct unnest(rules_applied) as rule from warehouse.fct_service_events")

    shown = set().union(*(expected(text)[2] for _timeline, text in TIMELINES.values()))
    assert {row["rule"] for row in named} - shown == {"inaccurate"}


def test_times_that_the_staff_call_wrong_take_the_service_times_of_the_visit(rows_told):
    found = [rows_told(SERVICE_EVENT, name)[0] for name in ("right_times", "wrong_times")]

    assert [(row["first_wait_seconds"], row["service_seconds"]) for row in found] == [(420, None)] * 2
    assert [row["rules_applied"] for row in found] == [["inaccurate"]] * 2


def test_what_nothing_closed_is_closed_in_the_night(rows_told):
    (open_ticket,) = rows_told(SERVICE_EVENT, "never_closed_while_served")

    assert open_ticket["is_closed_by_night"]
    assert open_ticket["closed_at"].isoformat() == "2027-03-11T01:00:00+00:00"
    assert open_ticket["stay_seconds"] is None


def test_elapsed_time_is_kept_beside_a_wait_over_a_night(rows_told):
    (found,) = rows_told(SERVICE_EVENT, "over_a_night")

    assert (found["first_wait_seconds"], found["elapsed_wait_seconds"]) == (3600, 16 * 3600 + 45 * 60)


def test_each_leg_is_of_the_agency_that_it_was_with(rows_told):
    legs = rows_told(
        "select agency_code, state, leg_seconds from warehouse.fct_service_legs"
        " where service_event_id = 'moved_to_another_agency' order by leg_number"
    )

    assert [tuple(leg.values()) for leg in legs] == [
        ("kela", "waiting", 420),
        ("kela", "called", 60),
        ("kela", "serving", 120),
        ("vero", "waiting", 1200),
        ("vero", "called", 60),
        ("vero", "serving", 540),
    ]


def test_legs_add_up_to_their_service_event(rows_told):
    found = rows_told(
        "select service_event_id, first_wait_seconds, repeat_wait_seconds, service_seconds, hold_seconds,"
        " sum(leg_seconds) filter (where state = 'waiting') as waiting,"
        " sum(leg_seconds) filter (where state = 'serving') as serving"
        " from warehouse.fct_service_legs join warehouse.fct_service_events using (service_event_id)"
        " where first_wait_seconds is not null and repeat_wait_seconds is not null and service_seconds is not null"
        " group by 1, 2, 3, 4, 5"
    )

    assert len(found) > 20
    assert [row for row in found if row["waiting"] != row["first_wait_seconds"] + row["repeat_wait_seconds"]] == []
    assert [row for row in found if row["serving"] != row["service_seconds"]] == []


@pytest.mark.parametrize("name", STORIES)
def test_an_appointment_becomes_what_its_story_says(rows_told, name):
    slots = rows_told(
        "select to_char(slot_starts_at at time zone 'Europe/Helsinki', 'DD HH24:MI') as slot, fate,"
        " booked_wait_seconds, is_called_on_time, array_to_string(rules_applied, ' ') as rules"
        " from warehouse.fct_bookings where booking_id = %s and opening_date < '2027-04-01' order by slot_starts_at",
        f"booking_{name}",
    )

    assert [tuple(slot.values()) for slot in slots] == STORIES[name][1]


@pytest.mark.parametrize(
    ("name", "due_on"), [("moved_and_told_in_time", "2027-03-15"), ("moved_and_told_when_final", "2027-02-26")]
)
def test_a_booking_that_moves_to_the_next_month_is_due_in_one_of_the_two(rows_told, name, due_on):
    due = rows_told(
        "select opening_date::text from warehouse.fct_bookings where booking_id = %s and is_due",
        f"booking_{name}",
    )

    assert due == [{"opening_date": due_on}]


def test_what_became_of_a_booking_is_not_known_where_nobody_tells_of_it(rows_told):
    found = rows_told(
        "select booking_id, fate, missing_reason from warehouse.fct_bookings"
        " where missing_reason is not null order by 1"
    )

    assert [tuple(row.values()) for row in found] == [
        ("booking_heard_too_little", "not_known", "queue_not_measured"),
        ("booking_moved_and_told_in_time", "not_known", "queue_not_measured"),
        ("booking_moved_and_told_when_final", "not_known", "queue_not_measured"),
        ("booking_no_queue_system", "not_known", "no_queue_system"),
        ("booking_not_heard", "not_known", "queue_not_measured"),
        ("booking_not_named", "not_known", "bookings_not_named"),
        ("booking_silent_all_month", "not_known", "queue_not_measured"),
        ("booking_straight_to_the_desk", "not_known", "bookings_not_named"),
    ]


def test_who_came_and_who_did_not_are_counted_of_the_same_days(rows_told):
    found = rows_told(
        "select opening_date::text, numerator::int, denominator::int from warehouse.metric_components"
        " where metric_id = 'no_show_rate' and service_point_id not in ('stories', 'generated_bookings') order by 1"
    )

    assert [tuple(row.values()) for row in found] == [("2027-03-11", 1, 1)]


def test_of_two_tickets_for_one_appointment_the_first_tells_its_wait(rows_told):
    found = rows_told(
        "select service_event_id, booked_wait_seconds, check_in_delay_seconds from warehouse.fct_service_events"
        " where booking_id = 'booking_called_five_minutes_late' order by issued_at"
    )

    assert [tuple(row.values()) for row in found] == [
        ("ticket_called_five_minutes_late", 300, -600),
        ("second_ticket", None, None),
    ]


def test_a_service_is_timed_by_the_slot_that_was_in_force_on_the_arrival(rows_told):
    (found,) = rows_told(SERVICE_EVENT, "ticket_moved_after_the_service")

    assert (found["booked_wait_seconds"], found["call_delay_seconds"]) == (301, 301)


def test_two_appointments_of_one_stay_are_one_visit(rows_told):
    (visit,) = rows_told("select * from warehouse.fct_visits where visit_id = 'two_bookings'")

    assert (visit["service_event_count"], visit["booking_count"], visit["total_wait_seconds"]) == (2, 2, 1800)


@pytest.mark.parametrize(
    ("one", "other", "may_differ"),
    [
        ("plain", "another_order", set()),
        ("plain", "retried", TOLD_TWICE),
        ("second_complete", "second_one_gone", set()),
    ],
)
def test_no_other_telling_changes_a_service_event(rows_told, one, other, may_differ):
    variants = by_case(rows_told("select * from warehouse.fct_service_events where service_point_id = 'generated'"))

    assert len(variants) > 40
    different = {
        case: {name for name in found[one] if found[one][name] != found[other][name]} - may_differ - OWN
        for case, found in variants.items()
    }
    assert {case: names for case, names in different.items() if names} == {}


@pytest.mark.parametrize("telling", TELLINGS[1:])
@pytest.mark.parametrize("table", COURSES)
def test_no_other_telling_changes_an_appointment_an_incident_or_advice(rows_told, table, telling):
    key, told_twice = COURSES[table]
    cases = {TELLINGS[0]: defaultdict(list), telling: defaultdict(list)}
    for row in rows_told(f"select * from warehouse.{table} where starts_with(service_point_id, 'generated_')"):
        named = re.search(f"_({'|'.join(TELLINGS)})", row[key])
        said = sorted((name, str(row[name])) for name in row.keys() - told_twice - {key, "service_point_id"})
        if named[1] in cases:
            cases[named[1]][row[key].replace(named[0], "")].append(said)

    assert cases[TELLINGS[0]]
    plain, other = ({case: sorted(rows) for case, rows in found.items()} for found in cases.values())
    assert {case: (rows, other.get(case)) for case, rows in plain.items() if rows != other.get(case)} == {}


def test_no_duration_is_negative(rows_told):
    durations = [
        name for name in rows_told("select * from warehouse.fct_service_events limit 1")[0] if name.endswith("_seconds")
    ]
    durations = [name for name in durations if "delay" not in name]

    assert len(durations) > 8
    assert rows_told(f"select * from warehouse.fct_service_events where least({', '.join(durations)}) < 0") == []


def test_the_states_of_a_closed_service_add_up_to_its_stay(rows_told):
    found = rows_told(
        "select service_event_id, stay_seconds, sum(seconds_as_told) as told from warehouse.fct_service_events"
        " join warehouse.int_ticket_intervals_timed on ticket_key = service_event_id"
        " where stay_seconds is not null group by 1, 2 having bool_and(seconds_as_told is not null)"
    )

    assert len(found) > 30
    assert [row for row in found if row["stay_seconds"] != row["told"]] == []


def test_a_walk_through_the_events_in_plain_python_says_the_same(told, rows_told):
    with database.connect(told) as connection:
        world = plain_metrics.World(connection, date(2027, 3, 1), told.deployment.time_zone, CUTOFF)
    tickets = [follow(world, events) for events in world.by_ticket().values()]
    inaccurate = {ticket["visit"] for ticket in tickets if ticket["is_inaccurate"]}

    found = {row["service_event_id"]: row for row in rows_told("select * from warehouse.fct_service_events")}

    assert len(found) == len(tickets) > 400
    plain = {ticket["key"]: [ticket[name] for name in PLAIN] for ticket in tickets if ticket["visit"] not in inaccurate}
    names = ("waiting_outcome", "first_wait_seconds", "repeat_wait_seconds", "service_seconds", "hold_seconds")
    assert {key: [found[key][name] for name in names] for key in plain} == {
        key: [each[0].replace(" ", "_"), *each[1:]] for key, each in plain.items()
    }


def by_case(rows):
    cases = defaultdict(dict)
    for row in rows:
        number, _of, variant = row["service_event_id"].partition("_")
        cases[number][variant] = row
    return cases
