"""What happened in the hand-made March 2027: odd tickets, wrong clocks, coarse times, snapshots, the spring night."""

from datetime import timedelta

import hand_made_corrections
from hand_made_corrections import correction
from hand_made_landing import FACES, add, add_point, add_scale_value, answer, event, instant, source_of, ticket

POINTS = {
    # point: weekdays open from 08:00 to 16:15
    "corrected": range(1, 6),
    "moves": range(1, 6),
    "clocks": range(1, 6),
    "coarse": range(1, 6),
    "snapshots": range(1, 6),
    "night": (),  # Sundays from 02:00 to 05:00
}
ENDED = {"end_state": "completed"}
BACK = {"end_state": "returned_to_queue"}
AWAY = {"to_queue_code": "b", "to_agency": "vero"}
TIMES = ("wait_seconds", "repeat_wait_seconds", "preparation_seconds", "service_seconds", "hold_seconds")
# Ticket: (its steps, outcome of the wait, its TIMES, whether an event is missing).
TICKETS = {
    "recalled": (
        [("called", 300), ("recalled", 360), ("service_started", 400), ("service_ended", 900, ENDED)],
        ("called", (300, 0, 100, 500, 0), False),
    ),
    "only_recalled": (
        [("recalled", 360), ("service_started", 400), ("service_ended", 900, ENDED)],
        ("not_recorded", (None, None, None, 500, 0), True),
    ),
    "held": (
        [
            ("called", 300),
            ("service_started", 330),
            ("service_held", 400),
            ("service_resumed", 700),
            ("service_ended", 900, ENDED),
        ],
        ("called", (300, 0, 30, 270, 300), False),
    ),
    "held_twice_told_twice": (
        [
            ("called", 300),
            ("service_started", 330),
            ("service_held", 400),
            ("service_held", 460),
            ("service_resumed", 700),
            ("service_held", 800),
            ("service_resumed", 850),
            ("service_ended", 900, ENDED),
        ],
        ("called", (300, 0, 30, None, None), True),
    ),
    "held_at_the_end": (
        [("called", 300), ("service_started", 330), ("service_held", 400), ("service_ended", 900, ENDED)],
        ("called", (300, 0, 30, None, None), True),
    ),
    "left_while_held": (
        [("called", 300), ("service_started", 330), ("service_held", 400), ("abandoned", 700)],
        ("called", (300, 0, 30, 70, 300), False),
    ),
    "sent_to_the_right_queue": (
        [("transferred", 100, AWAY), ("called", 300), ("service_started", 330), ("service_ended", 900, ENDED)],
        ("called", (300, 0, 30, 570, 0), False),
    ),
    "transferred_and_left": (
        [("transferred", 100, AWAY), ("abandoned", 400)],
        ("left", (400, 0, None, None, 0), False),
    ),
    "served_by_two": (
        [
            ("called", 300),
            ("service_started", 330),
            ("transferred", 600, AWAY),
            ("called", 900),
            ("service_started", 930),
            ("service_ended", 1500, ENDED),
        ],
        ("called", (300, 300, 60, 840, 0), False),
    ),
    "put_back_at_the_call": (
        [
            ("called", 300),
            ("service_ended", 310, BACK),
            ("called", 600),
            ("service_started", 620),
            ("service_ended", 900, ENDED),
        ],
        ("called", (300, 290, 20, 280, 0), False),
    ),
    "started_within_a_retry_before_the_call": (
        [("called", 300), ("service_started", 297), ("service_ended", 900, ENDED)],
        ("called", (300, 0, 0, 603, 0), False),
    ),
    "outcome_nobody_knows": (
        [
            ("called", 300),
            ("service_started", 330),
            ("service_ended", 900, {"end_state": "closed_by_system", "unmapped_outcome": "X17"}),
        ],
        ("called", (300, 0, 30, None, None), False),
    ),
}


def events():
    own = [*corrected_tickets(), *tickets(), *bookings(), *clocks(), *coarse_times(), *snapshots(), *spring_night()]
    return [*hand_made_corrections.events(), *own]


def named(rows, name):
    """The rows with ids that a correction can name: name/1, name/2 and so on."""
    return [row | {"event_id": f"{name}/{number}"} for number, row in enumerate(rows, start=1)]


def corrected_tickets():
    """Tickets of which one event is corrected by the queue system itself."""
    system = {"source": source_of("moves"), "ref_source": source_of("moves")}
    closed = [("called", 300), ("service_started", 330), ("service_ended", 900, ENDED)]
    for name in ("all_withdrawn", "call_withdrawn", "for_a_booking_only", "called_earlier"):
        yield from named(ticket("moves", name, *closed, issued="2027-03-02T09:00:00+02:00"), name)
    for number in range(1, 5):
        yield correction(f"all_withdrawn/{number}", "w", "withdrawn", **system)
    yield correction("call_withdrawn/2", "w", "withdrawn", **system)
    yield correction("for_a_booking_only/1", "a", "amended", purpose="booking_only", **system)
    yield correction("called_earlier/2", "a", "amended", time="2027-03-02T09:04:00+02:00", **system)
    # Arrived on the last day of February: what corrects its close of 1 March came when February was final.
    over_night = ticket("moves", "over_night", ("abandoned", 1200), issued="2027-02-28T23:50:00+02:00")
    yield from named(over_night, "over_night")
    yield correction("over_night/2", "w", "withdrawn", received_at="2027-03-15T09:00:00+02:00", **system)


def tickets():
    for name, (steps, _expected) in TICKETS.items():
        yield from ticket("moves", name, *steps, issued="2027-03-03T09:00:00+02:00")
    arrivals = {"issued": "2027-03-05T09:00:00+02:00"}
    yield from ticket("moves", "first", ("called", 60), ("service_ended", 600, {"end_state": "referred"}), **arrivals)
    arrivals = {"issued": "2027-03-05T09:10:00+02:00", "chained_from": "first", "agency": "vero"}
    yield from ticket("moves", "second", ("called", 120), ("service_ended", 600, {"end_state": "referred"}), **arrivals)
    arrivals = {"issued": "2027-03-05T09:20:00+02:00", "chained_from": "second"}
    yield from ticket("moves", "third", ("called", 180), **arrivals)
    yield from ticket("moves", "next_week", ("called", 180), issued="2027-03-12T09:00:00+02:00", chained_from="third")
    yield from ticket(
        "moves", "in_a_circle", ("called", 60), issued="2027-03-15T09:00:00+02:00", chained_from="in_a_circle"
    )


def bookings():
    """Two appointments that were moved to 10:00, one of them twice in one moment, told in the other order."""
    for key, changes in (("moved_earlier", [("09:58", 1)]), ("of_one_moment", [("09:59", 2), ("11:00", 1)])):
        booking = {"booking_key": f"b_{key}", "agency": "kela"}
        made = {"slot_start": "2027-03-04T12:00:00+02:00", **booking}
        for time, sequence in changes:
            slot = f"2027-03-04T{time}:00+02:00"
            yield event(
                "booking.changed", "moves", "2027-03-01T10:00:00+02:00", slot_start=slot, sequence=sequence, **booking
            )
        yield event("booking.created", "moves", "2027-03-01T10:00:00+02:00", **made)
        steps = [("checked_in", -900, booking), ("called", 0)]
        start = {"issued": "2027-03-04T10:00:00+02:00", "access": "booked", "booking_key": f"b_{key}"}
        yield from ticket("moves", key, *steps, **start)


def clocks():
    """A device an hour ahead on 8 and 9 March, one that is told so but has no rule, and one without heartbeats."""
    ahead = {"source": "/points/clocks/devices/ahead", "device_id": "ahead", "device_kind": "feedback"}
    for hour in range(8, 16):
        received = instant(f"2027-03-08T{hour:02}:10:00+02:00")
        told = received + timedelta(hours=1)
        yield event("device.heartbeat", "clocks", told, received_at=received.isoformat(), buffered_events=0, **ahead)
    for minute in range(30, 50):
        kept = {"received_at": "2027-03-08T15:30:00+02:00", "buffered_events": 40}
        yield event("device.heartbeat", "clocks", f"2027-03-08T10:{minute}:00+02:00", **kept, **ahead)
    press = {"source": ahead["source"], "received_at": "2027-03-09T00:00:30+02:00"}
    yield answer("clocks", "2027-03-09T01:00:00+02:00", "4", **press)
    after = {"source": ahead["source"], "received_at": "2027-03-10T09:00:02+02:00"}
    yield answer("clocks", "2027-03-10T09:00:00+02:00", "1", **after)
    told = {"source": "/points/clocks/devices/told", "device_id": "told", "device_kind": "feedback"}
    for second, offset in ((0, -180_000), (10, -181_000), (20, 4_000)):
        at = f"2027-03-11T09:00:{second:02}+02:00"
        yield event("device.heartbeat", "clocks", at, clock_offset_ms=offset, **told)
    pressed = {"source": "/points/clocks/devices/presses_only", "event_id": "ahead_of_its_receipt"}
    yield answer("clocks", "2027-03-11T09:30:00+02:00", "4", received_at="2027-03-11T09:15:00+02:00", **pressed)
    # February was final when the rule for it was decided.
    before = {"source": ahead["source"], "received_at": "2027-02-01T00:00:30+02:00"}
    yield answer("clocks", "2027-02-01T01:00:00+02:00", "2", **before)


def coarse_times():
    """Tickets and answers of a system that knows the hour only, and one ticket that has its call so."""
    slot = "2027-03-04T09:00:00+02:00"
    booking = {"booking_key": "b", "agency": "kela"}
    sent = {"source": "/agencies/kela/booking", "slot_start": slot}
    yield event("booking.created", "coarse", "2027-03-01T09:00:00+02:00", **sent, **booking)
    steps = [("called", 0), ("service_started", 0), ("service_ended", 0, ENDED)]
    walk_in = ticket("coarse", "hour_1", *steps, issued="2027-03-04T09:00:00+02:00")
    booked = ticket(
        "coarse", "hour_2", ("checked_in", 0, booking), *steps, issued=slot, access="booked", booking_key="b"
    )
    for row in [*walk_in, *booked]:
        yield row | {"time_precision": "hour"}
    issue, call = ticket("coarse", "hour_3", ("called", -600), issued="2027-03-04T09:10:00+02:00")
    yield from (issue, call | {"time_precision": "hour"})
    for name, precision in (("by_hour", "hour"), ("by_day", "day"), ("by_minute", "minute")):
        sent = {"event_id": name, "precision": precision, "offset_minutes": 120}
        yield answer("coarse", "2027-03-04T09:00:00+02:00", "4", **sent)


def snapshots():
    for minute, waiting, precision in ((0, 4, "second"), (20, 7, "minute"), (40, 1, "second"), (0, 99, "hour")):
        at = f"2027-03-04T10:{minute:02}:00+02:00"
        seen = {"queue_code": "a", "agency": "kela", "waiting_count": waiting, "announced_wait_minutes": 5}
        yield event("queue.observed", "snapshots", at, precision=precision, open_desk_count=2, **seen)
    system = {"source": source_of("snapshots"), "ref_source": source_of("snapshots")}
    wrong = {"queue_code": "a", "agency": "kela", "waiting_count": 900, "event_id": "wrong", "flags": ["odd"]}
    yield event("queue.observed", "snapshots", "2027-03-04T11:05:00+02:00", **wrong)
    yield correction("wrong", "a", "amended", waiting_count=9, **system)


def spring_night():
    """The hour from 3 is missing on 28 March; ten minutes pass from 02:55 to 04:05."""
    yield from ticket("night", "over_the_change", ("called", 600), issued="2027-03-28T02:55:00+02:00")
    for at in ("2027-03-28T02:59:59+02:00", "2027-03-28T04:59:59+03:00"):
        yield event("device.heartbeat", "night", at, device_id="d", device_kind="feedback")


def add_reference(connection):
    names = {"name_fi": "x", "name_sv": "x", "name_en": "x"}
    since = {"valid_from": "2026-01-01"}
    add(connection, "reference.region", region_code="10", **names, **since)
    for agency in ("kela", "vero"):
        add(connection, "reference.agency", agency_code=agency, **names, **since)
    for point, weekdays in POINTS.items():
        add_point(connection, point, "S", "10", weekdays)
    for raw_value, score in FACES.items():
        add_scale_value(connection, "faces_4", raw_value, score)
    for device in ("ahead", "told", "presses_only"):
        place = {"service_point_id": "clocks", "cadence": "continuous", "owner": "vendor", **since}
        source = {"source": f"/points/clocks/devices/{device}", "family": "feedback", "collection_mode": "device"}
        add(connection, "reference.source", **source, **place)
    booking = {"source": "/agencies/kela/booking", "family": "booking", "cadence": "continuous", "owner": "kela"}
    add(connection, "reference.source", **booking, **since)
    add(connection, "reference.holiday", holiday_date="2027-03-26", **names)
    rule = {"source": "/points/clocks/devices/ahead", "shift_seconds": -3600, "reason": "clock of another zone"}
    rule |= {"decided_by": "vendor", "decided_on": "2027-03-12"}
    add(connection, "reference.clock_correction", **rule, valid_from="2027-03-08", valid_to="2027-03-10")
    add(connection, "reference.clock_correction", **rule, valid_from="2027-02-01", valid_to="2027-02-02")
