"""What happened in the hand-made October, point by point."""

import uuid

import hand_made_answers
from hand_made_landing import answer, event, instant, source_of, ticket

# R, library survival, data aml: survfit(Surv(time, status) ~ x) gives the medians 31 and 23.
AML_MAINTAINED = [(9, 1), (13, 1), (13, 0), (18, 1), (23, 1), (28, 0), (31, 1), (34, 1), (45, 0), (48, 1), (161, 0)]
AML_NONMAINTAINED = [
    (5, 1),
    (5, 1),
    (8, 1),
    (8, 1),
    (12, 1),
    (16, 0),
    (23, 1),
    (27, 1),
    (30, 1),
    (33, 1),
    (43, 1),
    (45, 1),
]

ENDED = {"end_state": "completed"}
LEFT = {"end_state": "left"}
SYSTEM = {"end_state": "closed_by_system"}
BACK = {"end_state": "returned_to_queue"}
FOUR_HOURS = 4 * 3600

# Ticket: (its steps, what becomes of the wait, its whole seconds).
RULES = {
    "served": ([("called", 300), ("service_started", 330), ("service_ended", 900, ENDED)], "called", 300),
    "zero": ([("called", 0)], "called", 0),
    "told_in_another_order": (
        [("service_ended", 900, ENDED), ("service_started", 330), ("called", 300)],
        "called",
        300,
    ),
    "called_again": ([("called", 300), ("called", 303), ("called", 400)], "called", 300),
    "called_again_within_a_retry": ([("called", 300), ("called", 305)], "called", 300),
    "put_back_and_called_again": ([("called", 300), ("service_ended", 310, BACK), ("called", 600)], "called", 300),
    "absent": ([("called", 300), ("no_show", 400)], "called", 300),
    "left": ([("abandoned", 200)], "left", 200),
    "left_by_another_name": ([("service_ended", 200, LEFT)], "left", 200),
    "left_and_left_again": ([("abandoned", 200), ("service_ended", 260, LEFT)], "left", 200),
    "left_and_then_called": ([("abandoned", 200), ("called", 260)], "left", 200),
    "left_within_a_retry_of_the_call": ([("abandoned", 200), ("called", 205)], "called", 205),
    "left_after_the_call": ([("called", 300), ("abandoned", 400)], "called", 300),
    "never_closed": ([], "unknown", None),
    "closed_by_the_system": ([("service_ended", 50000, SYSTEM)], "unknown", None),
    "call_not_told": ([("service_started", 330), ("service_ended", 900, ENDED)], "not_recorded", None),
    "absent_at_no_call": ([("no_show", 400)], "not_recorded", None),
    "issued_again": ([("ticket_issued", 600), ("called", 900)], "called", 300),
    "issued_again_within_a_retry": ([("ticket_issued", 5), ("called", 900)], "called", 900),
    "issued_again_after_the_call": ([("called", 300), ("ticket_issued", 600)], "called", 300),
    "left_then_issued_again": ([("abandoned", 100), ("ticket_issued", 600), ("called", 900)], "called", 300),
    "four_hours": ([("called", FOUR_HOURS)], "called", FOUR_HOURS),
    "longer_than_four_hours": ([("called", FOUR_HOURS + 1)], "called", None),
    "called_before_issue_by_a_clock": ([("called", -5)], "called", 0),
    "called_long_before_issue": ([("called", -6)], "called", None),
}


def events():
    return [
        *rule_tickets(),
        *waits(),
        *days(),
        *booked(),
        *other_points(),
        *answers_about_visits(),
        *hand_made_answers.events(),
    ]


def rule_tickets():
    for key, (steps, _outcome, _seconds) in RULES.items():
        yield from ticket("rules", key, *steps)
    yield from ticket("rules", "only_to_book", ("called", 60), purpose="booking_only")


def waits():
    for point, observations in (
        ("aml_maintained", AML_MAINTAINED),
        ("aml_nonmaintained", AML_NONMAINTAINED),
        ("flat", [(300, 1), (500, 1)]),
        ("leavers", [(50, 1), (100, 0), (200, 0)]),
    ):
        for number, (seconds, called) in enumerate(observations):
            step = ("called" if called else "abandoned", seconds)
            yield from ticket(point, f"{point}_{number}", step, issued=f"2026-10-{number + 5:02} 09:00:00")


def days():
    """Midnights, the hour that comes twice, late receipts, and a visit to two agencies."""
    point = "days"
    yield from ticket(point, "last_of_september", ("called", 60), issued="2026-09-30 23:59:59")
    yield from ticket(point, "first_of_october", ("called", 60), issued="2026-10-01 00:00:00")
    yield from ticket(point, "hour_twice", ("called", 600), issued="2026-10-25T03:55:00+03:00")
    yield from ticket(point, "last_of_october", ("called", 60), issued="2026-10-31T23:59:59+02:00")
    yield from ticket(point, "first_of_november", ("called", 60), issued="2026-11-01T00:00:00+02:00")
    yield from ticket(point, "two_agencies_1", ("called", 60), issued="2026-10-07 09:00:00", visit_key="v")
    yield from ticket(
        point, "two_agencies_2", ("called", 60), issued="2026-10-07 10:00:00", visit_key="v", agency="vero"
    )
    # Two tickets of one second: the keys of events are alike in every database, the hashed keys of tickets are not.
    for number, (key, agency) in enumerate([("same_second_2", "vero"), ("same_second_1", "kela")]):
        (issue,) = ticket(point, key, issued="2026-10-08 09:00:00", visit_key="w", agency=agency)
        yield issue | {"event_key": uuid.UUID(int=number + 1)}
    yield answer(point, "2026-10-08 12:00:00", "1", received_at="2026-11-09T23:59:59+02:00")
    yield answer(point, "2026-10-08 12:00:00", "2", received_at="2026-11-10T00:00:00+02:00")
    yield answer(point, "2026-09-08 12:00:00", "1", received_at="2026-10-09 23:59:59")
    yield answer(point, "2026-09-08 12:00:00", "2", received_at="2026-10-10 00:00:00")
    for hour in ("08:10", "09:59", "12:00", "16:14"):
        yield event("device.heartbeat", point, f"2026-10-01 {hour}:00", device_id="d", device_kind="feedback")
    yield event("device.heartbeat", point, "2026-10-01 17:00:00", device_id="d", device_kind="feedback")


def booked():
    """Slots at 10:00; what is called at 10:05:00 is on time, who checks in at 10:10:00 still counts."""
    slot = "2026-10-01T10:00:00+03:00"
    for key, check_in, called in (
        ("on_time", -300, 300),
        ("late_by_a_second", -300, 301),
        ("early", -900, -600),
        ("just_counts", 600, 700),
        ("came_too_late", 601, 650),
    ):
        booking = {"booking_key": f"b_{key}", "agency": "kela"}
        steps = [("checked_in", check_in, booking), ("called", called)]
        start = {"access": "booked", "issued": "2026-10-01 10:00:00"}
        yield event(
            "booking.created", "booked", "2026-08-20 12:00:00", **booking, slot_start="2026-10-01T12:00:00+03:00"
        )
        yield event("booking.created", "booked", "2026-08-21 12:00:00", **booking, slot_start=slot)
        yield from ticket("booked", key, *steps, **start, booking_key=f"b_{key}")
    told_late = {"booking_key": "b_told_late", "agency": "kela", "slot_start": slot}
    yield event("booking.created", "booked", "2026-09-20 12:00:00", received_at="2026-10-12 08:00:00", **told_late)
    steps = [("checked_in", -60, {"booking_key": "b_told_late"})]
    start = {"access": "booked", "issued": "2026-10-01 10:00:00"}
    yield from ticket("booked", "fate_unknown", *steps, **start, booking_key="b_told_late")


def other_points():
    queue_is_alive = {"source": source_of("moved"), "device_id": "q", "device_kind": "queue"}
    yield event("device.heartbeat", "moved", "2026-10-14 12:00:00", **queue_is_alive)
    end_of_september = ticket("moved", "told_late", ("service_ended", 50000, SYSTEM), issued="2026-09-30 15:00:00")
    for told in end_of_september:
        yield told | {"received_at": instant("2026-10-14 08:00:00")}
    yield answer("moved", "2026-10-14 12:00:00", "1")
    yield answer("moved", "2026-10-15 12:00:00", "4")
    yield answer(None, "2026-10-15 12:00:00", "3", agency="vero", mode="web", source="/agencies/vero/web")
    ended_agency = {"agency": "te_office", "mode": "web", "source": "/agencies/te_office/web"}
    yield answer(None, "2026-10-09 12:00:00", "1", **ended_agency)
    yield answer(None, "2026-10-10 12:00:00", "2", **ended_agency)
    survey = {"mode": "survey", "scale": "rating_5", "source": "/surveys/w", "precision": "day"}
    yield answer("survey_only", "2026-10-01T00:00:00+05:00", "5", offset_minutes=300, **survey)
    yield answer("survey_only", "2026-10-31T23:00:00+00:00", "2", offset_minutes=0, **survey)
    yield answer("survey_only", "2026-10-31T12:00:00+00:00", "0", offset_minutes=0, **survey)
    yield answer("survey_only", "2026-10-12T12:00:00+00:00", "1", offset_minutes=0, wave_id="wider", **survey)
    yield answer("survey_only", "2026-10-12T12:00:00+00:00", "5", offset_minutes=0, wave_id="wider", **survey)
    yield answer("survey_only", "2026-11-01T00:00:00+02:00", "5", offset_minutes=120, **survey)
    for hour in ("00:30", "01:30"):
        yield event("device.heartbeat", "night", f"2026-10-25T{hour}:00+00:00", device_id="d", device_kind="feedback")


def answers_about_visits():
    """Interviews and forms that name the day of the visit: it decides the month, unless it cannot be."""
    call = {"mode": "interview", "scale": "rating_5", "source": "/agencies/kela/interviews"}
    yield answer("booked", "2026-11-02T11:00:00+02:00", "5", visited_on="2026-10-31", **call)
    yield answer("booked", "2026-10-09 23:59:57", "4", visited_on="2026-09-29", **call)
    yield answer("booked", "2026-10-09 23:59:58", "1", visited_on="2026-09-29", **call)
    yield answer("booked", "2026-10-20 11:00:00", "3", visited_on="2026-10-21", **call)
    yield answer("booked", "2026-10-22 11:00:00", "2", **call)
    yield answer("booked", "2026-10-01 11:00:00", "1", visited_on="2026-07-01", **call)
    yield answer("booked", "2026-10-02 11:00:00", "4", visited_on="2026-07-01", **call)
    yield answer("booked", "2026-10-11 11:00:00", "5", visited_on="2026-10-09", agency="te_office", **call)
    fell_silent = call | {"source": "/agencies/vero/interviews"}
    yield answer("aml_maintained", "2026-10-02 11:00:00", "2", visited_on="2026-09-28", **fell_silent)
    form = {"mode": "survey", "scale": "rating_5", "source": "/surveys/w", "precision": "day"}
    yield answer("booked", "2026-10-01T00:00:00+05:00", "5", visited_on="2026-10-01", offset_minutes=300, **form)
    yield answer("booked", "2026-11-01T00:00:00+02:00", "2", visited_on="2026-10-30", offset_minutes=120, **form)
