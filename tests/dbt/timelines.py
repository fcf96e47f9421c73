"""Timelines of tickets, one per queue rule, in words: what happened, and what the facts must say.

A timeline is `[+days ]HH:MM[:SS] event [word]`, an expectation `wait, repeat, preparation, service, hold | outcome of
the wait, outcome | rules`, each time as M:SS or H:MM:SS, and - for what is not known.
"""

import re
from datetime import datetime, timedelta

from hand_made_landing import add, add_point, event, ticket

DAY = datetime.fromisoformat("2027-03-10T00:00:00+02:00")  # a Wednesday; the point is open from 08:00 to 16:15
WORDS = {
    "checked_in": ("checked_in", None),
    "called": ("called", None),
    "recalled": ("recalled", None),
    "started": ("service_started", "service_mode"),
    "held": ("service_held", None),
    "resumed": ("service_resumed", None),
    "transferred": ("transferred", "to_agency"),
    "ended": ("service_ended", "end_state"),
    "left": ("abandoned", None),
    "absent": ("no_show", None),
    "issued": ("ticket_issued", None),
}
POINTS = (
    *("timelines", "generated", "stories", "not_named", "walk_ins_only", "silent", "outage"),
    "survey_only",  # without a queue system
)
END_STATES = {"back": "returned_to_queue", "at_night": "closed_by_system"}
TIMELINES = {
    "in_order": (
        "09:00 issued, 09:07 called, 09:08 started, 09:20 ended completed",
        "7:00, 0:00, 1:00, 12:00, 0:00 | called, completed | -",
    ),
    "told_twice_within_a_retry": (
        "09:00 issued, 09:07 called, 09:07:05 called, 09:08 started, 09:20 ended completed",
        "7:00, 0:00, 1:00, 12:00, 0:00 | called, completed | same_event_again",
    ),
    "told_twice_after_a_retry": (
        "09:00 issued, 09:07 called, 09:07:06 called, 09:08 started, 09:20 ended completed",
        "7:00, 0:00, -, 12:00, 0:00 | called, completed | same_event_again gap",
    ),
    "out_of_order_by_five_seconds": (
        "09:00 issued, 09:07 started, 09:07:05 called, 09:20 ended completed",
        "7:05, 0:00, 0:00, 13:00, 0:00 | called, completed | order",
    ),
    "out_of_order_by_six_seconds": (
        "09:00 issued, 09:07 started, 09:07:06 called, 09:20 ended completed",
        "-, -, -, -, - | not_recorded, completed | gap",
    ),
    "call_missing": (
        "09:00 issued, 09:08 started, 09:20 ended completed",
        "-, -, -, 12:00, 0:00 | not_recorded, completed | gap",
    ),
    "call_missing_and_called_again": (
        "09:00 issued, 09:08 started, 09:20 ended back, 09:30 called, 09:31 started, 09:40 ended completed",
        "-, -, -, 21:00, 0:00 | not_recorded, completed | gap returned",
    ),
    "start_missing": (
        "09:00 issued, 09:07 called, 09:20 ended completed",
        "7:00, 0:00, -, -, - | called, completed | gap",
    ),
    "resumption_told_without_a_hold": (
        "09:00 issued, 09:07 called, 09:08 started, 09:10 resumed, 09:20 ended completed",
        "7:00, 0:00, 1:00, -, - | called, completed | gap",
    ),
    "issue_missing": (
        "09:07 called, 09:08 started, 09:20 ended completed",
        "-, 0:00, 1:00, 12:00, 0:00 | called, completed | gap partial",
    ),
    "left_while_waiting": (
        "09:00 issued, 09:10 left",
        "10:00, 0:00, -, -, 0:00 | left, left | leaving",
    ),
    "left_while_waiting_by_another_name": (
        "09:00 issued, 09:10 ended left",
        "10:00, 0:00, -, -, 0:00 | left, left | leaving",
    ),
    "left_during_the_service": (
        "09:00 issued, 09:07 called, 09:08 started, 09:10 left",
        "7:00, 0:00, 1:00, 2:00, 0:00 | called, left | leaving",
    ),
    "left_while_held": (
        "09:00 issued, 09:07 called, 09:08 started, 09:10 held, 09:15 left",
        "7:00, 0:00, 1:00, 2:00, 5:00 | called, left | leaving",
    ),
    "first_close_wins": (
        "09:00 issued, 09:10 left, 09:30 called, 09:31 started, 09:40 ended completed",
        "10:00, 0:00, -, -, 0:00 | left, left | leaving event_after_close",
    ),
    "reverted": (
        "09:00 issued, 09:05 issued, 09:07 called, 09:08 started, 09:20 ended completed",
        "2:00, 0:00, 1:00, 12:00, 0:00 | called, completed | reverted",
    ),
    "issued_twice_within_a_retry": (
        "09:00 issued, 09:00:05 issued, 09:07 called, 09:08 started, 09:20 ended completed",
        "7:00, 0:00, 1:00, 12:00, 0:00 | called, completed | same_event_again",
    ),
    "held_at_the_end": (
        "09:00 issued, 09:07 called, 09:08 started, 09:10 held, 09:20 ended completed",
        "7:00, 0:00, 1:00, -, - | called, completed | gap held_at_the_end",
    ),
    "recalled": (
        "09:00 issued, 09:07 called, 09:08 recalled, 09:10 started, 09:20 ended completed",
        "7:00, 0:00, 3:00, 10:00, 0:00 | called, completed | recalled",
    ),
    "never_closed_while_waiting": (
        "09:00 issued",
        "-, -, -, -, 0:00 | unknown, closed_by_system | never_closed",
    ),
    "never_closed_while_served": (
        "09:00 issued, 09:07 called, 09:08 started",
        "7:00, 0:00, 1:00, -, - | called, closed_by_system | never_closed",
    ),
    "closed_at_night_by_the_system": (
        "09:00 issued, 09:07 called, 09:08 started, +1 02:00 ended at_night",
        "7:00, 0:00, 1:00, -, - | called, closed_by_system | never_closed",
    ),
    "longest_plausible_wait": (
        "08:00 issued, 12:00 called, 12:30 started, 16:30 ended completed",
        "4:00:00, 0:00, 30:00, 4:00:00, 0:00 | called, completed | -",
    ),
    "a_second_longer_than_plausible": (
        "08:00 issued, 12:00:01 called, 12:30:02 started, 16:30:03 ended completed",
        "-, 0:00, -, -, 0:00 | called, completed | plausibility partial",
    ),
    "hold_longer_than_plausible": (
        "09:00 issued, 09:07 called, 09:08 started, 09:10 held, 11:10:01 resumed, 11:20 ended completed",
        "7:00, 0:00, 1:00, 11:59, - | called, completed | plausibility",
    ),
    "over_a_night": (
        "15:45 issued, +1 08:30 called, +1 08:31 started, +1 08:40 ended completed",
        "1:00:00, 0:00, 1:00, 9:00, 0:00 | called, completed | overnight",
    ),
    "over_a_weekend": (
        "+2 16:00 issued, +5 08:05 left",
        "20:00, 0:00, -, -, 0:00 | left, left | leaving overnight",
    ),
    "put_back_over_a_night": (
        "16:00 issued, 16:05 called, 16:06 ended back, +1 08:10 called, +1 08:11 started, +1 08:20 ended completed",
        "5:00, 19:00, 1:00, 9:00, 0:00 | called, completed | overnight returned",
    ),
    "after_closing_time_on_the_day": (
        "16:10 issued, 16:40 called, 16:41 started, 16:50 ended completed",
        "30:00, 0:00, 1:00, 9:00, 0:00 | called, completed | -",
    ),
    "called_at_once": (
        "09:00 issued, 09:00 called, 09:00 started, 09:12 ended completed",
        "0:00, 0:00, 0:00, 12:00, 0:00 | called, completed | zero",
    ),
    "put_back_at_the_call": (
        "09:00 issued, 09:07 called, 09:08 ended back, 09:20 called, 09:21 started, 09:30 ended completed",
        "7:00, 12:00, 1:00, 9:00, 0:00 | called, completed | returned",
    ),
    "moved_to_another_agency": (
        "09:00 issued, 09:07 called, 09:08 started, 09:10 transferred vero,"
        " 09:30 called, 09:31 started, 09:40 ended completed",
        "7:00, 20:00, 2:00, 11:00, 0:00 | called, completed | owner transferred",
    ),
    "moved_while_waiting": (
        "09:00 issued, 09:05 transferred vero, 09:10 called, 09:12 started, 09:20 ended completed",
        "10:00, 0:00, 2:00, 8:00, 0:00 | called, completed | owner transferred",
    ),
    "absent_at_the_call": (
        "09:00 issued, 09:07 called, 09:12 absent",
        "7:00, 0:00, -, -, 0:00 | called, no_show | -",
    ),
}


def add_reference(connection, more_points=()):
    names = {"name_fi": "x", "name_sv": "x", "name_en": "x"}
    since = {"valid_from": "2026-01-01"}
    add(connection, "reference.region", region_code="10", **names, **since)
    for agency in ("kela", "vero"):
        add(connection, "reference.agency", agency_code=agency, **names, **since)
    for point in (*POINTS, *more_points):
        add_point(connection, point, "S", "10", range(1, 6))
    booking = {"source": "/agencies/kela/booking", "family": "booking", "cadence": "continuous", "owner": "kela"}
    add(connection, "reference.source", **booking, **since)


def events():
    """The tickets of the timelines, each in its own visit of one point, and a visit whose times are not right."""
    for name, (timeline, _expected) in TIMELINES.items():
        yield from told("timelines", name, timeline)
    for name, ended in (("right_times", {}), ("wrong_times", {"time_inaccurate": True})):
        timeline = "09:00 issued, 09:07 called, 09:08 started, 09:20 ended completed"
        *before, end = told("timelines", name, timeline, visit_key="inaccurate")
        yield from before
        yield event(
            "queue.service_ended", "timelines", end["occurred_at"], ticket_key=name, end_state="completed", **ended
        )


def told(point, key, timeline, **issue_fields):
    """The rows of landing of a timeline in words."""
    steps = [step_of(step) for step in timeline.split(", ")]
    (first_name, issued, first_fields), *later = steps
    rows = ticket(
        point,
        key,
        *((name, (moment - issued).total_seconds(), fields) for name, moment, fields in later),
        issued=issued.isoformat(),
        **issue_fields,
    )
    if first_name != "ticket_issued":
        rows[0] = event(f"queue.{first_name}", point, issued, ticket_key=key, **first_fields)
    return rows


def step_of(step):
    """(event, moment, fields) of a step in words."""
    days, clock, word, detail = parts(step)
    name, field = WORDS[word]
    return name, moment(days, clock), {field: END_STATES.get(detail, detail)} if detail else {}


def parts(step):
    """(days, clock, event, word) of a step; days and word may be missing."""
    return re.fullmatch(r"(?:([+-]\d+) )?([\d:]+) (\w+)(?: (\S+))?", step).groups()


def moment(days, clock):
    hours, minutes, *seconds = map(int, clock.split(":"))
    return DAY + timedelta(days=int(days or 0), hours=hours, minutes=minutes, seconds=sum(seconds))


def expected(text):
    """(times in seconds, (outcome of the wait, outcome), set of rules) of an expectation in words."""
    times, outcomes, rules = text.split(" | ")
    seconds = [None if time == "-" else as_seconds(time) for time in times.split(", ")]
    return seconds, tuple(outcomes.split(", ")), set(rules.split(" ")) - {"-"}


def as_seconds(time):
    total = 0
    for part in time.split(":"):
        total = 60 * total + int(part)
    return total
