"""Sessions, looks at free times, incidents, complaints, advice and snapshots of October 2026, worked out on paper."""

import random
from datetime import timedelta

from hand_made_landing import add, add_point, add_scale_value, event, instant

FOUR_HOURS = 4 * 3600
STARTED = "2026-10-06 09:00:00"
# Session: (its steps as (event, seconds after 09:00:00, fields), (duration, connection, help), rules applied).
SESSIONS = {
    "plain": ([("started", 0), ("ended", 600)], (600, None, None), []),
    "of_no_time": ([("started", 0), ("ended", 0)], (0, None, None), []),
    "helped": (
        [("started", 0), ("help_requested", 100), ("help_arrived", 190), ("ended", 600)],
        (600, None, 90),
        [],
    ),
    "not_helped": ([("started", 0), ("help_requested", 100), ("ended", 600)], (600, None, 500), []),
    "help_of_one_moment": (
        [("started", 0), ("help_arrived", 95), ("help_requested", 100), ("ended", 600)],
        (600, None, 0),
        [],
    ),
    "help_before_it_was_asked_for": (
        [("started", 0), ("help_arrived", 94), ("help_requested", 100), ("ended", 600)],
        (600, None, None),
        ["order", "plausibility"],
    ),
    "help_nobody_asked_for": ([("started", 0), ("help_arrived", 94), ("ended", 600)], (600, None, None), ["gap"]),
    "connected": (
        [("started", 0, {"kind": "remote"}), ("ended", 600, {"kind": "remote", "connected_at": 45})],
        (600, 45, None),
        [],
    ),
    "connected_before_it_started": (
        [("started", 0, {"kind": "remote"}), ("ended", 600, {"kind": "remote", "connected_at": -6})],
        (600, None, None),
        ["order", "plausibility"],
    ),
    "connected_after_its_end": (
        [("started", 0, {"kind": "remote"}), ("ended", 600, {"kind": "remote", "connected_at": 606})],
        (600, None, None),
        ["order"],
    ),
    "four_hours": ([("started", 0), ("ended", FOUR_HOURS)], (FOUR_HOURS, None, None), []),
    "longer_than_four_hours": ([("started", 0), ("ended", FOUR_HOURS + 1)], (None, None, None), ["plausibility"]),
    "ended_by_a_clock_before_it_started": ([("started", 0), ("ended", -5)], (0, None, None), []),
    "ended_long_before_it_started": (
        [("started", 0), ("ended", -6)],
        (None, None, None),
        ["order", "event_after_close", "plausibility"],
    ),
    "never_closed": ([("started", 0), ("help_requested", 100)], (None, None, None), ["never_closed"]),
    "start_not_told": ([("ended", 600)], (None, None, None), ["gap"]),
    "told_twice": ([("started", 0), ("started", 3), ("ended", 600)], (600, None, None), ["same_event_again"]),
    "ended_twice": (
        [("started", 0), ("ended", 600), ("ended", 900)],
        (600, None, None),
        ["same_event_again", "event_after_close"],
    ),
    "fault_after_the_end": (
        [("started", 0), ("ended", 600), ("fault", 606, {"fault_code": "printer", "device_id": "s1"})],
        (600, None, None),
        ["event_after_close"],
    ),
    "of_two_agencies": (
        [("started", 0, {"agency": "vero"}), ("ended", 600, {"agency": "kela"})],
        (600, None, None),
        ["owner"],
    ),
}
PERMUTATIONS = 6


def session(key, steps, point="point", started=STARTED, **changes):
    for name, seconds, *fields in steps:
        at = instant(started) + timedelta(seconds=seconds)
        data = {"session_key": key, "kind": "self_service", "agency": "kela", **(fields[0] if fields else {})}
        if "connected_at" in data:
            data["connected_at"] = (instant(started) + timedelta(seconds=data["connected_at"])).isoformat()
        yield event(f"session.{name}", point, at, **changes, **data)


def sessions():
    for key, (steps, _seconds, _rules) in SESSIONS.items():
        yield from session(key, steps)
    coarse = [("started", 0), ("ended", 600)]
    for agency in ("several", "none"):
        yield from session(f"of_{agency}", [("started", 0, {"agency": agency}), ("ended", 90, {"agency": agency})])
    yield from session("coarse", coarse, precision="hour")
    yield from session("last_of_september", coarse, started="2026-09-30 23:55:00")
    yield from session("first_of_october", coarse, started="2026-10-01 00:00:00")
    yield from session("end_told_late", [("started", 0)], started="2026-09-30 23:00:00")
    yield from session(
        "end_told_late", [("ended", 4000)], started="2026-09-30 23:00:00", received_at="2026-10-20 08:00:00"
    )
    yield event("session.fault", "point", STARTED, device_id="s1", fault_code="card_reader")


def permuted_sessions():
    """Every session some times more, its events received in another order each time."""
    draw = random.Random(1)
    for key, (steps, _seconds, _rules) in SESSIONS.items():
        for number in range(PERMUTATIONS):
            events = list(session(f"{key}/{number}", steps, point="permuted"))
            draw.shuffle(events)
            for position, told in enumerate(events):
                yield told | {"received_at": instant("2026-10-07 08:00:00") + timedelta(seconds=position)}


def looks():
    """Mondays to Fridays; nothing free for the third time, nothing free at all, and a look on a Sunday."""

    def look(at, first=None, third=None, horizon=30, point="point", **changes):
        free = 9 if third else 1 if first else 0
        times = {"first_free_at": first, "third_free_at": third}
        told = {name: instant(text).isoformat() for name, text in times.items() if text}
        data = {"agency": "vero", "service_code": "estate", "free_count": free, "horizon_days": horizon, **told}
        return event("booking.slots_observed", point, at, source="/agencies/vero/booking", **data, **changes)

    yield look("2026-10-05 08:00:00", "2026-10-05 09:00:00", "2026-10-06 08:00:00")
    yield look("2026-10-05 12:00:00", "2026-10-19 09:00:00", "2026-10-20 08:00:00")
    yield look("2026-10-06 08:00:00", "2026-10-06 08:00:00")
    yield look("2026-10-07 08:00:00", horizon=14)
    yield look("2026-10-11 08:00:00", "2026-10-12 08:00:00")
    yield look("2026-10-08 08:00:00", "2026-10-08 07:59:54")
    yield look("2026-10-09 08:00:00", "2026-10-09 10:00:00", precision="hour")
    yield look("2026-10-11 08:00:00", "2026-10-12 08:00:00", point=None)


def incidents():
    """Guards and staff tell of one threat under two keys, a third key names the second; a fault is no incident."""

    def report(key, at, incident_type="threat", reporter="staff", **data):
        source = "/points/point/guards" if reporter == "guard_company" else "/points/point/incidents"
        told = {"incident_key": key, "incident_type": incident_type, "reporter": reporter, **data}
        return event("incident.reported", "point", at, source=source, precision="minute", **told)

    def resolved(key, at, **changes):
        told = {"incident_key": key, "resolved_at": instant(at).isoformat()}
        return event("incident.resolved", "point", at, source="/points/point/incidents", **told, **changes)

    yield report("c", "2026-10-06 09:10:00", "disturbance", linked_incident_key="b")
    yield report("b", "2026-10-06 09:05:00", linked_incident_key="a")
    yield report("a", "2026-10-06 09:00:00", reporter="guard_company")
    yield resolved("b", "2026-10-06 11:00:00")
    yield resolved("a", "2026-10-06 12:00:00")
    yield report("fault", "2026-10-06 09:00:00", "technical_network")
    yield report("open", "2026-10-07 09:00:00", "theft")
    yield report("over_at_once", "2026-10-08 09:00:00", resolved_at="2026-10-08T09:00:00+03:00")
    yield report("over_before_it_began", "2026-10-09 09:00:00", resolved_at="2026-10-09T08:59:54+03:00")
    yield report("end_of_september", "2026-09-30 23:59:00")
    yield resolved("end_of_september", "2026-10-12 09:00:00")
    yield resolved("of_august", "2026-10-12 09:00:00")


def complaints():
    """Nil, a report sent again, one overseer only, a quarter, and a quarter of which a month was reported alone."""

    def report(agency, overseer, period, lodged, statements=0, at="2026-11-05 00:00:00", **data):
        counts = {"lodged_count": lodged, "statement_count": statements, **data}
        told = {"agency": agency, "overseer": overseer, "period": period, **counts}
        return event("complaint.counted", None, at, source=f"/agencies/{agency}/complaints", precision="day", **told)

    ombudsman, chancellor = "parliamentary_ombudsman", "chancellor_of_justice"
    yield report("kela", ombudsman, "2026-10", 3, 1)
    yield report("kela", ombudsman, "2026-10", 4, 1, at="2026-11-06 00:00:00")
    yield report("kela", chancellor, "2026-10", 0)
    yield report("vero", ombudsman, "2026-10", 0)
    yield report("vero", chancellor, "2026-10", 0)
    yield report("poliisi", ombudsman, "2026-10", 5)
    for overseer in (ombudsman, chancellor):
        yield report("migri", overseer, "2026-08", 6, 2, period_months=3)
        yield report("dvv", overseer, "2026-08", 6, period_months=3)
        yield report("dvv", overseer, "2026-10", 2)
    yield event(
        "observation.raised", "point", "2026-11-05 00:00:00", source="/agencies/migri/observations", precision="day",
        agency="migri", period="2026-10", level="service_point", topic="signs",
        counts=[{"counted": "mentions", "count": 14}],
    )  # fmt: skip


def advice():
    def logged(at, agency, is_customer_initiated, matter="benefits"):
        data = {"agency": agency, "customer_initiated": is_customer_initiated, "matter_code": matter}
        return event("advice.logged", "point", at, channel="visit", **data)

    yield logged("2026-10-06 09:00:00", "kela", True)
    yield logged("2026-10-06 10:00:00", "kela", False)
    yield logged("2026-10-06 11:00:00", "several", True, "wayfinding")
    yield logged("2026-10-31T23:59:59+02:00", "none", True, "wayfinding")
    yield logged("2026-11-01T00:00:00+02:00", "none", True, "wayfinding")
    for at, score, ref in (("09:01", 2, "adv-1"), ("09:05", 4, "adv-1"), ("09:10", 5, None), ("09:11", 9, None)):
        known = {"advice_ref": ref} if ref else {}
        yield event(
            "advice.guidance_estimated", "point", f"2026-10-06 {at}:00", score=score, scale_code="rating_5", **known
        )


def snapshots():
    """Open from 08:00; each look holds to the next one, at most 15 minutes, and to the end of the opening hours."""

    def look(at, waiting, queue="a", point="point", **data):
        told = {"agency": "kela", "queue_code": queue, **data}
        if waiting is not None:
            told["waiting_count"] = waiting
        return event("queue.observed", point, f"2026-10-07 {at}", **told)

    yield look("07:50:00", 9)  # holds until 08:05, of which 5 minutes are opening time
    yield look("09:50:00", 4, announced_wait_minutes=10)  # ten minutes in this hour, five in the next
    yield look("11:00:00", 6, announced_wait_minutes=20)
    yield look("11:05:00", None, is_open=False, announced_wait_minutes=99)
    yield look("16:10:00", 2)  # closes at 16:15
    yield look("11:00:00", 10, queue="b", point="hours_unknown")
    yield look("11:05:00", 4, queue="b", point="hours_unknown", is_open=True)


def events():
    for told in (sessions, permuted_sessions, looks, incidents, complaints, advice, snapshots):
        yield from told()


def add_reference(connection):
    names = {"name_fi": "x", "name_sv": "x", "name_en": "x"}
    since = {"valid_from": "2026-01-01"}
    add(connection, "reference.region", region_code="10", **names, **since)
    agencies = ("kela", "vero", "poliisi", "migri", "dvv", "te")
    for agency in agencies:
        add(connection, "reference.agency", agency_code=agency, **names, **since)
    for point, weekdays in (
        ("point", range(1, 6)),
        ("permuted", range(1, 6)),
        ("mobile", range(1, 6)),
        ("hours_unknown", ()),
    ):
        add_point(connection, point, "M", "10", weekdays)
    stop = {"stop_id": "village", "service_point_id": "mobile", "weekday": 2, "opens_at": "10:00", "closes_at": "17:00"}
    add(connection, "reference.stop", **stop, **names, **since)
    for agency in agencies[1:]:
        add(connection, "reference.presence", service_point_id="point", agency_code=agency, **since)
    add(
        connection,
        "reference.presence",
        service_point_id="mobile",
        agency_code="vero",
        valid_from="2026-10-13",
        valid_to="2026-10-20",
    )
    for score in range(1, 6):
        add_scale_value(connection, "rating_5", str(score), score)
    sources = [
        ("/points/point/incidents", "incident", "point", "monthly"),
        ("/points/mobile/incidents", "incident", "mobile", "monthly"),
        ("/points/point/session", "session", "point", "continuous"),
    ]
    sources += [
        ("/points/point/advice", "advice", "point", "daily"),
        ("/agencies/vero/booking", "booking", None, "continuous"),
    ]
    sources += [(f"/agencies/{agency}/complaints", "complaint", None, "monthly") for agency in agencies]
    for source, family, point, cadence in sources:
        expected = {"source": source, "family": family, "service_point_id": point, "cadence": cadence}
        add(connection, "reference.source", **expected, owner=f"who answers for {source}", **since)
