"""Appointments, incidents and advice of any course that Hypothesis thinks of, each told in several ways.

What a telling is of is in its keys: the number of the case and the name of the telling. Advice has no key of its own:
each telling is of a point of its own.
"""

import random
from datetime import timedelta

from booking_stories import heartbeat
from generated_tickets import drawn
from hand_made_landing import event
from hypothesis import strategies as st
from timelines import DAY, moment

TELLINGS = ("plain", "another_order", "retried")
BOOKING_POINT = "generated_bookings"
INCIDENT_POINT = "generated_incidents"
ADVICE_POINTS = {telling: f"generated_advice_{telling}" for telling in TELLINGS}
# An event without a key of what it is about, as an advice that is logged, is another one under another id.
TOLD_BY_KEY = ("booking_key", "incident_key", "advice_ref")
POINTS = (BOOKING_POINT, INCIDENT_POINT, *ADVICE_POINTS.values())
# Hours of opening on three days in which the queue system is heard, so that who stayed away can be told.
SLOTS = st.integers(min_value=0, max_value=2).flatmap(
    lambda days: st.integers(min_value=8, max_value=15).map(lambda hour: moment(days, f"{hour}:00"))
)
# Seconds since the step before: at one moment a version is told from another by its sequence alone.
SECONDS = st.sampled_from([0, 60, 3600, 86_400])
BOOKING_STEP = st.tuples(SECONDS, st.sampled_from(["changed"] * 3 + ["cancelled", "came"]), SLOTS)
INCIDENT_STEP = st.tuples(
    st.integers(min_value=60, max_value=86_400),
    st.sampled_from(["reported"] * 3 + ["resolved"]),
    st.sampled_from("abc"),
    st.sampled_from([None, "a", "b", "c"]),
    st.sampled_from([None, -3600, 0, 7200]),
    st.sampled_from(["threat", "theft", "technical_network"]),
)
ADVICE_STEP = st.tuples(
    st.integers(min_value=1, max_value=7200),
    st.sampled_from(["logged", "estimated", "estimated"]),
    st.sampled_from([None, "a", "b"]),
    st.sampled_from(["1", "4", "5", "9"]),
    st.sampled_from(["kela", "vero", "several", "none"]),
)


def events():
    for days in range(3):
        for hour in range(8, 16):
            yield heartbeat(BOOKING_POINT, moment(days, f"{hour}:30"))
    for rows_of, step in ((bookings, BOOKING_STEP), (incidents, INCIDENT_STEP), (advice, ADVICE_STEP)):
        for number, steps in enumerate(drawn(step, cases=60, longest=8)):
            shuffled = random.Random(number)
            for telling in TELLINGS:
                yield from told_again(telling, list(rows_of(number, telling, steps)), shuffled)


def told_again(telling, rows, shuffled):
    """The same events in another order and in batches up to two days late, or some of them once more."""
    if telling == "another_order":
        shuffled.shuffle(rows)
        rows = [row | {"received_at": row["received_at"] + timedelta(hours=shuffled.randrange(48))} for row in rows]
    yield from rows
    for row in rows if telling == "retried" else ():
        if any(f'"{key}"' in row["data"] for key in TOLD_BY_KEY) and shuffled.random() < 0.5:
            fresh = event(row["event_type"], row["service_point_id"], row["occurred_at"])
            yield row | {name: fresh[name] for name in ("event_key", "event_id")}


def bookings(number, telling, steps):
    """A booking made days before the slots and what becomes of it; *came* is a ticket, called in the slot's hour."""
    key = {"booking_key": f"{number}_{telling}", "agency": "kela"}
    system = {"source": "/agencies/kela/booking", **key}
    at = DAY - timedelta(days=3)
    yield event("booking.created", BOOKING_POINT, at, slot_start=moment(1, "10:00").isoformat(), **system)
    for sequence, (seconds, what, slot) in enumerate(steps):
        at += timedelta(seconds=seconds)
        if what == "came":
            ticket_key = {"ticket_key": f"{number}_{telling}_{sequence}"}
            issue = {"queue_code": "a", "access": "booked", "purpose": "service", **key, **ticket_key}
            yield event("queue.ticket_issued", BOOKING_POINT, slot, **issue)
            yield event("queue.called", BOOKING_POINT, slot + timedelta(seconds=60 * sequence), **ticket_key)
        elif what == "cancelled":
            yield event("booking.cancelled", BOOKING_POINT, at, **system)
        elif what == "changed":
            changed = {"slot_start": slot.isoformat(), "sequence": sequence}
            yield event("booking.changed", BOOKING_POINT, at, **changed, **system)


def incidents(number, telling, steps):
    """Reports of up to three keys that name each other, and what is told of their end."""
    at = DAY
    for seconds, what, name, linked, ended_after, incident_type in steps:
        at += timedelta(seconds=seconds)
        keys = {"incident_key": f"{number}_{telling}_{name}"}
        if linked and linked != name:
            keys["linked_incident_key"] = f"{number}_{telling}_{linked}"
        if ended_after is not None or what == "resolved":
            keys["resolved_at"] = (at + timedelta(seconds=ended_after or 0)).isoformat()
        kind = {"incident_type": incident_type, "reporter": "staff"} if what == "reported" else {"reporter": "staff"}
        yield event(f"incident.{what}", INCIDENT_POINT, at, **kind, **keys)


def advice(number, telling, steps):
    at = DAY + timedelta(hours=8)
    for seconds, what, name, raw_value, agency in steps:
        at += timedelta(seconds=seconds)
        if what == "logged":
            contact = {"agency": agency, "channel": "desk", "customer_initiated": raw_value != "9"}
            yield event("advice.logged", ADVICE_POINTS[telling], at, **contact)
        else:
            estimate = {"scale_code": "rating_5", "score": raw_value}
            estimate |= {"advice_ref": f"{number}_{telling}_{name}"} if name else {}
            yield event("advice.guidance_estimated", ADVICE_POINTS[telling], at, **estimate)
