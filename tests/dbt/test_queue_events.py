"""Recalls, holds, transfers, chains and snapshots: no wait ends wrongly and no visit is counted twice."""

import pytest
from hand_made_march import TICKETS, TIMES

pytestmark = pytest.mark.services

TICKET = "select * from warehouse.int_tickets_followed where ticket_key = %s"


@pytest.mark.parametrize("key", TICKETS)
def test_the_time_of_a_ticket_is_that_of_its_states(march_rows, key):
    _steps, (outcome, times, is_event_missing) = TICKETS[key]

    (ticket,) = march_rows(TICKET, key)

    assert ticket["waiting_outcome"] == outcome
    assert tuple(ticket[name] for name in TIMES) == times
    assert ticket["has_missing_event"] is is_event_missing


def test_the_times_of_a_closed_ticket_add_up_to_its_stay(march_rows):
    found = march_rows(
        "select ticket_key, sum(seconds_as_told) as told, extract(epoch from max(ends_at) - min(begins_at)) as stay"
        " from warehouse.int_ticket_intervals_timed group by ticket_key having bool_and(seconds_as_told is not null)"
    )

    assert len(found) > 10
    assert [row["ticket_key"] for row in found if row["told"] != row["stay"]] == []


def test_a_transferred_ticket_stays_one_ticket_of_the_agency_that_issued_it(march_rows):
    (day,) = march_rows(
        "select ticket_count, transferred_count, unmapped_outcome_count from warehouse.fct_tickets"
        " where service_point_id = 'moves' and opening_date = '2027-03-03' and agency_code = 'kela'"
    )

    assert tuple(day.values()) == (len(TICKETS), 3, 1)


def test_chained_tickets_of_one_stay_are_one_visit(march_rows):
    visits = march_rows(
        "select opening_date::text, agency_code, service_event_count, agency_count from warehouse.fct_visits"
        " where service_point_id = 'moves' and opening_date >= '2027-03-05' order by 1"
    )

    assert [tuple(row.values()) for row in visits] == [
        ("2027-03-05", "kela", 3, 2),
        ("2027-03-12", "kela", 1, 1),
        ("2027-03-15", "kela", 1, 1),
    ]


def test_each_chained_ticket_has_its_own_wait(march_rows):
    found = [march_rows(TICKET, key)[0] for key in ("first", "second", "third")]

    assert [(ticket["agency_code"], ticket["wait_seconds"]) for ticket in found] == [
        ("kela", 60),
        ("vero", 120),
        ("kela", 180),
    ]


def test_a_snapshot_of_a_queue_is_no_ticket(march_rows):
    assert march_rows("select * from warehouse.fct_tickets where service_point_id = 'snapshots'") == []
    found = march_rows(
        "select local_hour, snapshot_count, waiting_sum, waiting_maximum, announced_wait_minutes_sum,"
        " flagged_snapshot_count from warehouse.fct_queue_snapshots order by local_hour"
    )

    assert [tuple(row.values()) for row in found] == [
        (10, 3, 12, 7, 15, 0),
        (11, 1, 9, 9, 0, 1),
        (None, 1, 99, 99, 5, 0),
    ]


@pytest.mark.parametrize(("key", "delay"), [("moved_earlier", 120), ("of_one_moment", 60)])
def test_the_latest_version_of_a_booking_holds_by_event_time_and_sequence(march_rows, key, delay):
    found = march_rows("select call_delay_seconds from warehouse.int_booked_tickets_timed where ticket_key = %s", key)

    assert found == [{"call_delay_seconds": delay}]
