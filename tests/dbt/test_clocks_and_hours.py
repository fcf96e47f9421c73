"""Wrong clocks, times known to the hour only, and the hours of the two nights on which the clocks change."""

import pytest

pytestmark = pytest.mark.services

HOURS = """
    select local_hour, utc_offset_minutes / 60 as utc_offset, state, opening_minutes::integer as minutes, event_count
    from warehouse.fct_source_hours
    where service_point_id = 'night' and source_family = 'feedback' and opening_date = %s::date
    order by hour_starts_at
"""
STATES = """
    select local_hour from warehouse.fct_source_hours
    where source = %s and opening_date = %s::date and state = %s order by hour_starts_at
"""
CLOCKS = """
    select received_date::text, told_offset_seconds, lead_on_receipt_seconds, is_clock_wrong, is_corrected
    from warehouse.fct_device_clocks where source = %s order by received_date
"""
VALUES = """
    select metric_id, collection_mode, value, numerator, denominator, missing_reason from warehouse.metric_values
    where period_kind = 'month' and breakdown = 'total' and level_id = 'coarse'
        and period = '2027-03-01' order by metric_id
"""
AHEAD = "/points/clocks/devices/ahead"


def test_the_hour_from_three_comes_twice_in_the_autumn_night(rows):
    assert [tuple(row.values()) for row in rows(HOURS, "2026-10-25")] == [
        (2, 3, "silent", 60, 0),
        (3, 3, "measured", 60, 1),
        (3, 2, "measured", 60, 1),
        (4, 2, "silent", 60, 0),
    ]


def test_the_hour_from_three_is_missing_in_the_spring_night(march_rows):
    assert [tuple(row.values()) for row in march_rows(HOURS, "2027-03-28")] == [
        (2, 2, "measured", 60, 1),
        (4, 3, "measured", 60, 1),
    ]


def test_a_wait_over_the_spring_change_is_as_long_as_it_was(march_rows):
    query = "select wait_seconds, opening_date::text as day from warehouse.int_tickets_followed where ticket_key = %s"

    assert march_rows(query, "over_the_change") == [{"wait_seconds": 600, "day": "2027-03-28"}]


def test_a_holiday_or_exception_closes_the_hours_of_the_timetable(rows, march_rows):
    good_friday = march_rows(STATES, AHEAD, "2027-03-26", "closed")
    short_day = rows(STATES, "/points/days/device", "2026-10-06", "closed")

    assert [row["local_hour"] for row in good_friday] == [*range(8, 17)]
    assert [row["local_hour"] for row in short_day] == [8, 9, *range(12, 17)]
    assert rows(STATES, "/points/days/device", "2026-10-04", "closed") == []  # a Sunday is in no timetable


def test_a_device_that_sends_presses_but_no_heartbeats_is_alive(march_rows):
    measured = march_rows(STATES, "/points/clocks/devices/presses_only", "2027-03-11", "measured")

    assert [row["local_hour"] for row in measured] == [9]


def test_the_hours_are_what_completeness_counts(rows):
    found = rows(
        "select hours.minutes = metric.numerator and hours.opening = metric.denominator as is_same"
        " from (select sum(opening_minutes) filter (where state = 'measured') as minutes,"
        " sum(opening_minutes) as opening from warehouse.fct_source_hours"
        " where source_family = 'queue' and opening_date >= '2026-10-01') as hours"
        " cross join (select numerator, denominator from warehouse.metric_values where metric_id = 'completeness'"
        " and period_kind = 'month' and breakdown = 'total'"
        " and level = 'national' and collection_mode = 'queue' and period = '2026-10-01') as metric"
    )

    assert found == [{"is_same": True}]


def test_a_clock_is_estimated_from_heartbeats_that_were_not_buffered(march_rows):
    assert [tuple(row.values()) for row in march_rows(CLOCKS, AHEAD)] == [("2027-03-08", None, 3600, True, True)]


def test_a_device_that_tells_its_offset_is_believed_and_flagged(march_rows):
    found = march_rows(CLOCKS, "/points/clocks/devices/told")

    assert [tuple(row.values()) for row in found] == [("2027-03-11", -180, -2, True, False)]


def test_a_recorded_rule_moves_the_times_of_its_days_and_the_row_says_so(march_rows):
    found = march_rows(
        "select told_at at time zone 'Europe/Helsinki' as told, occurred_at at time zone 'Europe/Helsinki' as occurred,"
        " clock_shift_seconds, is_time_corrected from warehouse.stg_landing__events"
        " where source = %s and event_type = 'feedback.given' order by told_at",
        AHEAD,
    )

    # The rule for February was decided when February was final; that for March ends on the 10th.
    assert [
        (f"{row['told']:%m-%d %H:%M}", f"{row['occurred']:%m-%d %H:%M}", *list(row.values())[2:]) for row in found
    ] == [
        ("02-01 01:00", "02-01 01:00", None, False),
        ("03-09 01:00", "03-09 00:00", -3600, True),
        ("03-10 09:00", "03-10 09:00", None, False),
    ]


def test_hours_are_measured_when_it_was_by_the_right_clock(march_rows):
    measured = march_rows(STATES, AHEAD, "2027-03-08", "measured")

    assert [row["local_hour"] for row in measured] == [*range(8, 16)]


def test_an_event_from_the_future_is_flagged_and_counts(march_rows):
    query = "select sum(future_count)::integer as future from warehouse.fct_events_received where source = %s"

    assert march_rows(query, "/points/clocks/devices/presses_only") == [{"future": 1}]
    assert march_rows(query, AHEAD) == [{"future": 1}]  # by the rule for its clock the others are not


@pytest.mark.parametrize("metric_id", ["queue_time_median", "queue_time_within_target_share", "booked_on_time_share"])
def test_times_known_to_the_hour_enter_no_measure_of_minutes(march_rows, metric_id):
    found = [row for row in march_rows(VALUES) if row["metric_id"] == metric_id]

    assert [(row["value"], row["missing_reason"]) for row in found] == [(None, "no_observations")]


def test_times_known_to_the_hour_count_where_no_minute_is_asked(march_rows):
    found = {row["metric_id"]: (row["numerator"], row["denominator"]) for row in march_rows(VALUES)}
    (tickets,) = march_rows(
        "select sum(coarse_time_count)::integer as coarse, sum(called_count)::integer as called,"
        " sum(timed_service_count)::integer as timed from warehouse.fct_tickets where service_point_id = 'coarse'"
    )

    assert (found["visits"], found["abandonment_rate"], found["satisfaction_mean"]) == ((3, None), (0, 3), (15, 3))
    assert tickets == {"coarse": 3, "called": 3, "timed": 0}


def test_the_hour_of_day_is_not_known_of_a_day(march_rows):
    found = march_rows(
        "select sent.event_id, events.occurred_hour, events.is_timed from landing.event as sent"
        " inner join warehouse.stg_landing__events as events using (event_key)"
        " where sent.event_id in ('by_day', 'by_hour', 'by_minute') order by 1"
    )

    assert [tuple(row.values()) for row in found] == [
        ("by_day", None, False),
        ("by_hour", 9, False),
        ("by_minute", 9, True),
    ]
