"""Corrections take effect in staging, for every type of event, whatever the order in which they come."""

import pytest
from hand_made_corrections import ANSWERS, STATES

pytestmark = pytest.mark.services

COUNTED = """
    select answers.raw_value
    from landing.event as sent
    inner join warehouse.int_feedback_answers_scored as answers on sent.event_key = answers.event_key
    where sent.event_id = %s
"""
STATE = """
    select judged.state
    from landing.event as sent
    inner join warehouse.stg_landing__corrections_judged as judged on sent.event_key = judged.correction_key
    where sent.event_id = %s
"""
TICKET = "select * from warehouse.int_tickets_followed where ticket_key = %s"


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_counts_as_its_corrections_say(march_rows, name):
    _sent, _corrections, raw_value = ANSWERS[name]

    found = [row["raw_value"] for row in march_rows(COUNTED, name)]

    assert found == ([] if raw_value is None else [raw_value])


@pytest.mark.parametrize(("name", "key"), STATES)
def test_what_became_of_a_correction_is_shown(march_rows, name, key):
    assert march_rows(STATE, f"{name}/{key}") == [{"state": STATES[name, key]}]


def test_the_months_mean_is_that_of_the_answers_that_count(march_rows):
    february = [name for name in ANSWERS if name.startswith("of_a_")]
    counted = {name: raw for name, (_sent, _corrections, raw) in ANSWERS.items() if raw}
    score = {"1": 1, "4": 5}

    found = march_rows(
        "select period::text, numerator, denominator from warehouse.metric_values where metric_id = 'satisfaction_mean'"
        " and period_kind = 'month' and breakdown = 'total'"
        " and level_id = 'corrected' and collection_mode = 'device' order by period"
    )

    sums = {
        "2027-02-01": [score[raw] for name, raw in counted.items() if name in february],
        "2027-03-01": [score[raw] for name, raw in counted.items() if name not in february],
    }
    assert [tuple(row.values()) for row in found] == [(month, sum(each), len(each)) for month, each in sums.items()]


def test_what_is_withdrawn_stays_in_landing_and_is_counted_as_withdrawn(march_rows):
    (landed,) = march_rows(
        "select count(*) from landing.event where event_type = 'feedback.given' and received_at >= '2027-01-01+02'"
    )
    accounts = march_rows(
        "select disposition, sum(event_count) as events from warehouse.fct_events_received"
        " where event_type = 'feedback.given' group by 1"
    )

    events = {row["disposition"]: row["events"] for row in accounts}
    # One of the three that no longer count was moved into February, which was final by then.
    assert (events["withdrawn"], events["late"]) == (4, 1)
    assert sum(events.values()) == landed["count"]


def test_late_corrections_are_late_for_the_month_of_the_event_that_they_mean(march_rows):
    found = march_rows(
        "select event_type, period::text, sum(event_count)::integer as events from warehouse.fct_late_events"
        " where event_type like 'correction.%%' group by 1, 2 order by 1, 2"
    )

    assert [tuple(row.values()) for row in found] == [
        ("correction.amended", "2026-12-01", 1),
        ("correction.amended", "2027-02-01", 1),
        ("correction.withdrawn", "2027-02-01", 1),
        ("correction.withdrawn", "2027-03-01", 1),
    ]


def test_corrections_that_had_no_effect_are_counted_with_the_reason(march_rows):
    found = march_rows(
        "select state, fields_not_correctable, sum(correction_count)::integer as corrections"
        " from warehouse.fct_corrections where state not in ('applied', 'overtaken', 'withdrawn')"
        " group by 1, 2 order by 1"
    )

    assert [tuple(row.values()) for row in found] == [
        ("late", "", 3),
        ("not_correctable", "", 1),
        ("not_permitted", "", 3),
        ("time_in_future", "", 1),
        ("unknown_field", "party_size", 1),
        ("waits", "", 1),
    ]


def test_a_ticket_is_followed_by_what_is_left_of_its_events(march_rows):
    assert march_rows(TICKET, "all_withdrawn") == []
    (call_withdrawn,) = march_rows(TICKET, "call_withdrawn")
    (for_a_booking,) = march_rows(TICKET, "for_a_booking_only")
    (called_earlier,) = march_rows(TICKET, "called_earlier")

    assert (call_withdrawn["waiting_outcome"], call_withdrawn["wait_seconds"]) == ("not_recorded", None)
    assert not for_a_booking["is_counted"]
    assert (called_earlier["wait_seconds"], called_earlier["has_corrected_time"]) == (240, True)


def test_a_correction_is_late_for_a_ticket_by_the_month_in_which_the_ticket_arrived(march_rows):
    (over_night,) = march_rows(TICKET, "over_night")

    assert (str(over_night["opening_date"]), over_night["waiting_outcome"]) == ("2027-02-28", "left")
