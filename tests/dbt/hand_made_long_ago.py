"""October rests on what was told weeks before it: what a build of October alone must find."""

from hand_made_landing import answer, event, instant, ticket

BOOKING = {"source": "/agencies/kela/booking", "agency": "kela"}
TOLD_LAST = "2026-11-03T09:00:00+02:00"


def events():
    """All of it received by the 9th of October, but for a last press, which is about October only."""
    yield from stays()
    yield from bookings()
    yield from answers()
    report = {"incident_type": "disturbance", "severity": "minor"}
    yield event("incident.reported", "days", "2026-09-05 09:00:00", incident_key="first_report", **report)
    over = {"incident_key": "first_report", "resolved_at": "2026-09-05T11:00:00+03:00"}
    yield event("incident.resolved", "days", "2026-09-05 11:00:00", **over)
    linked = {"incident_key": "second_report", "linked_incident_key": "first_report"}
    yield event("incident.reported", "days", "2026-10-06 09:00:00", **linked, **report)
    yield answer("days", "2026-10-20 12:00:00", "4", received_at=TOLD_LAST)


def stays():
    seconds_of_weeks = 26 * 86400
    for key, steps in (
        ("served_for_weeks", [("called", 60), ("service_started", 90), ("service_ended", seconds_of_weeks)]),
        ("called_after_weeks", [("called", seconds_of_weeks)]),
    ):
        yield from ticket("rules", key, *steps, issued="2026-09-10 09:00:00")
    yield from ticket("rules", "of_a_visit", ("called", 60), issued="2026-09-11 09:00:00", visit_key="of_weeks")
    yield from ticket("rules", "of_it_too", ("called", 60), issued="2026-10-06 09:00:00", visit_key="of_weeks")
    yield from ticket("rules", "sent_on", ("called", 60), issued="2026-09-12 09:00:00", visit_key="of_a_chain")
    yield from ticket("rules", "sent_there", ("called", 60), issued="2026-10-07 09:00:00", chained_from="sent_on")
    session = {"session_key": "s_of_weeks", "kind": "self_service"}
    yield event("session.started", "days", "2026-09-14 09:00:00", **session)
    yield event("session.ended", "days", "2026-10-06 09:00:00", **session)


def bookings():
    for key, made, slot in (
        ("l_made_early", "2026-08-03 12:00:00", "2026-10-07T12:00:00+03:00"),
        ("l_nobody_came", "2026-08-03 13:00:00", "2026-10-07T15:00:00+03:00"),
        ("l_moved", "2026-08-04 12:00:00", "2026-08-20T12:00:00+03:00"),
        ("l_amended", "2026-08-05 12:00:00", "2026-08-21T12:00:00+03:00"),
        ("l_came_late", "2026-08-06 12:00:00", "2026-08-24T12:00:00+03:00"),
        ("l_past", "2026-08-07 12:00:00", "2026-08-25T12:00:00+03:00"),
    ):
        yield event(
            "booking.created", "booked", made, booking_key=key, slot_start=slot, event_id=f"made_{key}", **BOOKING
        )
    moved = {"booking_key": "l_moved", "slot_start": "2026-10-07T13:00:00+03:00", "sequence": 1}
    yield event("booking.changed", "booked", "2026-08-10 12:00:00", **moved, **BOOKING)
    replaced = {"slot_start": "2026-10-07T14:00:00+03:00"}
    yield amendment("made_l_amended", "/agencies/kela/booking", "2026-08-11 12:00:00", replaced)
    for key in ("l_made_early", "l_moved", "l_amended", "l_came_late"):
        arrived = {"issued": "2026-10-07 11:55:00", "access": "booked", "booking_key": key}
        yield from ticket("booked", f"t_{key}", ("called", 600), **arrived)


def answers():
    invited = {"invitation_key": "asked_once", "source": "/agencies/kela/sms"}
    for at in ("2026-09-15 12:00:00", "2026-10-05 12:00:00"):
        yield answer("booked", at, mode="sms", agency="kela", **invited)
    yield answer("days", "2026-09-14 12:00:00", "1", event_id="pressed")
    source = "/points/days/device"
    yield amendment("pressed", source, "2026-10-06 15:00:00", {"time": "2026-10-05T12:30:00+03:00"})
    yield answer("days", "2026-10-05 12:40:00", "2", received_at="2026-09-16 12:40:00")


def amendment(event_id, source, at, replaced):
    means = {"ref_source": source, "ref_id": event_id, "reason": "clerical", "replaced": replaced}
    return event("correction.amended", None, at, source=source, **means)


def received_in_november(rows):
    return [row for row in rows if row["received_at"] >= instant(TOLD_LAST)]
