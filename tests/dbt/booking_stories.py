"""Stories of appointments in words, and what becomes of each slot: the funnel from booked to served.

A story is `[+days ]HH:MM[:SS] event [word]`; the word of made and moved is the slot, `[days@]HH:MM`. Of each slot is
told its day of March and time, its fate, the wait in seconds, whether the call was on time, and the rules.
"""

from datetime import datetime

from hand_made_landing import event, source_of
from timelines import moment, parts, told

CAME = "09:50 issued, 09:50 checked_in"
SERVED = "10:06 started, 10:20 ended completed"
STORIES = {
    "called_five_minutes_late": (
        f"-9 12:00 made 10:00, {CAME}, 10:05 called, {SERVED}",
        [("10 10:00", "served", 300, True, "")],
    ),
    "called_a_second_later": (
        f"-9 12:00 made 10:00, {CAME}, 10:05:01 called, {SERVED}",
        [("10 10:00", "served", 301, False, "")],
    ),
    "called_before_the_slot": (
        f"-9 12:00 made 10:00, {CAME}, 09:55 called, {SERVED}",
        [("10 10:00", "served", 0, True, "call_before_the_slot")],
    ),
    "ten_minutes_late": (
        "-9 12:00 made 10:00, 10:10 issued, 10:10 checked_in, 10:12 called, 10:13 started, 10:20 ended completed",
        [("10 10:00", "served", 120, False, "")],
    ),
    "a_second_more_than_ten_minutes_late": (
        "-9 12:00 made 10:00, 10:10 issued, 10:10:01 checked_in, 10:12 called, 10:13 started, 10:20 ended completed",
        [("10 10:00", "served", 119, None, "late_arrival")],
    ),
    "checked_in_and_left": (
        f"-9 12:00 made 10:00, {CAME}, 10:30 left",
        [("10 10:00", "not_served", None, False, "")],
    ),
    "served_without_a_check_in": (
        f"-9 12:00 made 10:00, 09:50 issued, 10:05 called, {SERVED}",
        [("10 10:00", "served", 300, True, "")],
    ),
    "never_came": (
        "-9 12:00 made 10:00",
        [("10 10:00", "no_show", None, None, "")],
    ),
    "cancelled_as_the_slot_begins": (
        "-9 12:00 made 10:00, 10:00 cancelled",
        [("10 10:00", "cancelled", None, None, "cancelled_early")],
    ),
    "cancelled_a_second_later": (
        "-9 12:00 made 10:00, 10:00:01 cancelled",
        [("10 10:00", "no_show", None, None, "cancelled_late")],
    ),
    "cancelled_late_after_all_came": (
        f"-9 12:00 made 10:00, {CAME}, 10:01 cancelled, 10:05 called, {SERVED}",
        [("10 10:00", "served", 300, True, "cancelled_late")],
    ),
    "moved_in_time": (
        f"-9 12:00 made 12:00, -8 12:00 moved 10:00, {CAME}, 10:05 called, {SERVED}",
        [("10 10:00", "served", 300, True, "rescheduled")],
    ),
    "moved_after_it_had_begun": (
        "-9 12:00 made 10:00, 10:30 moved 2@10:00, +2 09:55 issued, +2 09:55 checked_in, +2 10:00 called,"
        " +2 10:01 started, +2 10:10 ended completed",
        [
            ("10 10:00", "no_show", None, None, "no_show_before_rescheduling"),
            ("12 10:00", "served", 0, True, "rescheduled"),
        ],
    ),
    "moved_after_the_service": (
        f"-9 12:00 made 10:00, {CAME}, 10:05:01 called, {SERVED}, 10:30 moved 2@10:00",
        [
            ("10 10:00", "served", 301, False, ""),
            ("12 10:00", "no_show", None, None, "rescheduled"),
        ],
    ),
    "cancelled_and_made_anew": (
        "-9 12:00 made 12:00, -8 12:00 cancelled, -7 12:00 moved 10:00",
        [("10 10:00", "no_show", None, None, "rescheduled")],
    ),
    "moved_to_the_next_month": (
        "-9 12:00 made 10:00, -8 12:00 moved 22@10:00",
        [],
    ),
}
# Moved from February to March long before the slot; when that was told decides in which month the booking is due.
FINAL = "2027-03-10T00:00:00+02:00"
MOVES_TOLD_AT = {"moved_and_told_in_time": "2027-03-09T23:59:59+02:00", "moved_and_told_when_final": FINAL}
BOOKING_EVENTS = {"made": "created", "moved": "changed", "cancelled": "cancelled"}


def events():
    for day, point in ((0, "stories"), (2, "stories"), (0, "not_named"), (0, "walk_ins_only")):
        for hour in range(8, 16):
            yield heartbeat(point, moment(day, f"{hour}:30"))
    for name, (story, _slots) in STORIES.items():
        yield from booked("stories", name, story)
    for name, told_at in MOVES_TOLD_AT.items():
        made, moved = booked("stories", name, "-30 12:00 made -12@10:00, -20 12:00 moved 5@10:00")
        yield from (made, moved | {"received_at": datetime.fromisoformat(told_at)})
    # Two tickets of one appointment: the customer came once.
    again = "10:20 issued, 10:40 called, 10:41 started, 10:50 ended completed"
    of_the_same = {"booking_key": "booking_called_five_minutes_late", "visit_key": "ticket_called_five_minutes_late"}
    yield from told("stories", "second_ticket", again, access="booked", **of_the_same)
    # Two appointments in one visit; a point that does not say for which booking one came, one that sees no booked
    # customer at all, one without a queue system and one whose system was silent.
    for name in ("first_of_two", "second_of_two"):
        story = f"-9 12:00 made 10:00, {CAME}, 10:05 called, {SERVED}"
        yield from booked("stories", name, story, visit_key="two_bookings")
    yield from told("not_named", "somebody", "09:50 issued, 10:05 called", access="booked")
    yield from booked("not_named", "not_named", "-9 12:00 made 10:00")
    yield from told("walk_ins_only", "passer_by", "09:50 issued, 10:05 called")
    yield from booked("walk_ins_only", "straight_to_the_desk", "-9 12:00 made 10:00")
    yield from booked("survey_only", "no_queue_system", "-9 12:00 made 10:00")
    yield from booked("silent", "silent_all_month", "-9 12:00 made 10:00")
    # A queue system that is heard for four of eight hours of the tenth, for five of the eleventh, and then no more.
    yield from booked("outage", "before_the_outage", f"-9 12:00 made 10:00, {CAME}, 10:05 called, {SERVED}")
    for day, hours in ((0, ("08:30", "09:30", "10:30", "11:30")), (1, ("08:30", "09:30", "10:30", "11:30", "12:30"))):
        for clock in hours:
            yield heartbeat("outage", moment(day, clock))
    for name, day in (("heard_too_little", 0), ("heard_enough", 1), ("not_heard", 2)):
        yield from booked("outage", name, f"-9 12:00 made {day}@10:00")


def booked(point, name, story, **issue_fields):
    """The events of one appointment and of its ticket."""
    key = {"booking_key": f"booking_{name}", "agency": "kela"}
    steps = story.split(", ")
    for sequence, step in enumerate(steps):
        days, clock, word, slot = parts(step)
        if word in BOOKING_EVENTS:
            fields = {"slot_start": slot_of(slot)} if slot else {}
            fields |= {"sequence": sequence} if word == "moved" else {}
            system = {"source": "/agencies/kela/booking", **key}
            yield event(f"booking.{BOOKING_EVENTS[word]}", point, moment(days, clock), **system, **fields)
    of_the_ticket = ", ".join(step for step in steps if parts(step)[2] not in BOOKING_EVENTS)
    if of_the_ticket:
        yield from told(point, f"ticket_{name}", of_the_ticket, access="booked", **key, **issue_fields)


def heartbeat(point, at):
    """A queue system says that it is alive."""
    return event("device.heartbeat", point, at, source=source_of(point), device_id="q", device_kind="queue")


def slot_of(text):
    days, _at, clock = text.rpartition("@")
    return moment(days, clock).isoformat()
