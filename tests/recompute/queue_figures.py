"""Observations of the metrics of queues, bookings and visits: one row per ticket, visit or booking and metric."""

from collections import defaultdict
from datetime import datetime, timedelta
from itertools import pairwise

from counted_events import BOOKING, final_cutoff
from places import LOCAL
from tickets_followed import total

QUEUE, BOOKED = "queue_system", "booking_system"
TARGET_SECONDS = 900
ON_TIME = timedelta(minutes=5)
LATE_ARRIVAL = timedelta(minutes=10)
LONGEST_WAIT_SECONDS = 4 * 3600


def observation(metric, of, mode, numerator, denominator=None, seconds=None, day=None):
    """One observation of *metric* at the point and agency of the dictionary *of*."""
    place = {"point": of["point"], "agency": of["agency"], "day": day or of["day"]}
    return place | {
        "metric": metric,
        "mode": mode,
        "numerator": numerator,
        "denominator": denominator,
        "seconds": seconds,
    }


def queue_observations(tickets, places):
    for ticket in tickets:
        yield from ticket_observations(ticket, places)
    for visit in visits_of(tickets):
        yield from visit_observations(visit)


def ticket_observations(ticket, places):
    wait = None if ticket["is_coarse"] else ticket["first_wait"]
    is_called = ticket["fate"] == "called"
    yield observation("service_events", ticket, QUEUE, 1)
    if ticket["ending"] in ("completed", "referred"):
        yield observation("transactions", ticket, QUEUE, 1)
    yield observation("abandonment_rate", ticket, QUEUE, int(ticket["fate"] == "left"), 1)
    is_absent = is_called and ticket["ending"] == "no_show"
    if ticket["access"]:
        yield observation("booked_share", ticket, QUEUE, int(ticket["access"] == "booked"), 1)
    if ticket["access"] == "walk_in":
        yield observation("called_absent_rate", ticket, QUEUE, int(is_absent), 1)
        yield from walk_in_observations(ticket, wait, is_called, places)
    if not ticket["is_coarse"]:
        service = total(ticket["services"])
        if ticket["ending"] in ("completed", "referred") and service is not None and ticket["services"]:
            yield observation("service_time_median", ticket, QUEUE, 1, 1, service)
        for (stage, agency), minutes in ticket["minutes_of"].items():
            metric = {"wait": "waiting_minutes", "service": "desk_minutes", "hold": "desk_minutes"}.get(stage)
            if metric:
                yield observation(metric, ticket | {"agency": agency}, QUEUE, minutes)


def walk_in_observations(ticket, wait, is_called, places):
    if not ticket["is_coarse"]:
        metric = "queue_time_within_target_share"
        target = places.target_on(metric, "target_seconds", ticket["point"], ticket["day"], TARGET_SECONDS)
        in_time = is_called and wait is not None and wait <= target
        yield observation(metric, ticket, QUEUE, int(in_time), 1)
    if wait is not None and ticket["fate"] in ("called", "left"):
        for metric in ("queue_time_median", "queue_time_p90"):
            yield observation(metric, ticket, QUEUE, int(is_called), 1, wait)
    if wait is not None and is_called:
        yield observation("queue_time_called_median", ticket, QUEUE, 1, 1, wait)
        yield observation("walk_in_wait_mean", ticket, QUEUE, wait / 60, 1)
    if wait and ticket["fate"] == "called":
        yield observation("wait_of_those_who_waited_mean", ticket, QUEUE, wait / 60, 1)


def visits_of(tickets):
    by_visit = defaultdict(list)
    for ticket in tickets:
        by_visit[ticket["point"], ticket["visit_key"]].append(ticket)
    for own in by_visit.values():
        own.sort(key=lambda ticket: (ticket["issued_at"], str(ticket["issue_key"])))
        first = own[0]
        yield {"point": first["point"], "agency": first["agency"], "day": first["day"], "tickets": own}


def visit_observations(visit):
    own = visit["tickets"]
    yield observation("visits", visit, QUEUE, 1)
    met = {t["agency"] for t in own} | {agency for t in own for _, agency in t["minutes_of"]}
    yield observation("multi_agency_visit_share", visit, QUEUE, int(len(met - {"not_attributable"}) > 1), 1)
    coarse = any(ticket["is_coarse"] for ticket in own)
    first = None if coarse else own[0]["first_wait"]
    repeated = None if coarse else total([part for ticket in own for part in ticket["waits"][1:]])
    waited = None if coarse else total([part for ticket in own for part in ticket["waits"]])
    for metric, seconds in (("first_wait_mean", first), ("repeat_wait_mean", repeated), ("total_wait_mean", waited)):
        if seconds is not None:
            yield observation(metric, visit, QUEUE, seconds / 60, 1)


def booking_observations(events, tickets, places, unmeasured):
    """Bookings as they were due, and how each was kept: a change after the start of the slot leaves the slot due."""
    by_booking = defaultdict(list)
    for event in events:
        if event["type"] in BOOKING:
            by_booking[event["data"]["booking_key"]].append(event)
    arrivals = arrivals_of(events, tickets)
    named = [ticket for ticket in tickets if ticket["booking_key"]]
    named += [ticket for came in arrivals.values() for _, ticket in came if ticket]
    told = {(ticket["point"], ticket["day"].replace(day=1)) for ticket in named}  # elsewhere nobody tells who came
    for booking_key, own in by_booking.items():
        own.sort(key=order_of_booking_events)
        versions = [event for event in own if "slot_start" in event["data"]]
        came = sorted(arrivals.get(booking_key, ()), key=lambda arrival: arrival[0])
        for slot in slots_due(own, without_late_moves(versions), came, places):
            in_month = (slot["point"], slot["day"].replace(day=1))
            is_told = in_month in told and ("queue", slot["point"], slot["day"]) not in unmeasured
            yield from due_observations(slot, is_told)
        yield from kept_observations(versions, came)


def order_of_booking_events(event):
    number = -1 if event["type"] == "booking.created" else event["data"].get("sequence", 0)
    return event["at"], event["type"] == "booking.cancelled", number


def arrivals_of(events, tickets):
    """By booking the moments of check-in, with the ticket where one is known."""
    arrivals = defaultdict(list)
    by_ticket = {ticket["ticket_key"]: ticket for ticket in tickets}
    for event in events:
        if event["type"] == "queue.checked_in":
            ticket = by_ticket.get(event["data"]["ticket_key"])
            booking = event["data"].get("booking_key") or (ticket and ticket["booking_key"])
            if booking:
                arrivals[booking].append((event["at"], ticket))
    for ticket in tickets:
        if ticket["access"] == "booked" and ticket["booking_key"] and ticket["checked_in_at"] is None:
            arrivals[ticket["booking_key"]].append((ticket["issued_at"], ticket))
    return arrivals


def slots_due(own, versions, arrivals, places):
    for position, version in enumerate(versions):
        start = datetime.fromisoformat(version["data"]["slot_start"])
        is_latest = position + 1 == len(versions)
        until = None if is_latest else versions[position + 1]["at"]
        if not is_latest and until <= start:
            continue
        since = version["at"]
        cancelled = [e["at"] for e in own if e["type"] == "booking.cancelled" and (is_latest or e["at"] < until)]
        cancelled = [at for at in cancelled if at >= since]
        # Who came before an earlier slot was given up came for that one.
        held_before = [
            after["at"]
            for before, after in pairwise(versions[: position + 1])
            if after["at"] > datetime.fromisoformat(before["data"]["slot_start"])
        ]
        came = [one for one in arrivals if (is_latest or one[0] < until) and one[0] >= max(held_before, default=one[0])]
        day = start.astimezone(LOCAL).date()
        yield {
            "point": version["point"],
            "agency": places.agency_on(version["data"]["agency"], day),
            "day": day,
            "is_cancelled": any(at <= start for at in cancelled),
            "has_come": bool(came),
            "ticket": next((ticket for _, ticket in came if ticket), None),
        }


def without_late_moves(versions):
    """Versions but those that would take a booking out of a month that was final when they were told."""
    late = set()
    for had_counted in versions:
        start = datetime.fromisoformat(had_counted["data"]["slot_start"])
        final = final_cutoff(start.astimezone(LOCAL).date().replace(day=1))
        before_the_slot = [version for version in versions if version["at"] <= start]
        in_time = [version for version in before_the_slot if version["received"] < final]
        if in_time and in_time[-1] is had_counted:
            later = before_the_slot[before_the_slot.index(had_counted) + 1 :]
            late |= {version["key"] for version in later if version["received"] >= final}
    return [version for version in versions if version["key"] not in late]


def due_observations(slot, is_told):
    if slot["is_cancelled"]:
        return
    yield observation("bookings_due", slot, BOOKED, 1)
    if is_told:
        yield observation("no_show_rate", slot, BOOKED, int(not slot["has_come"]), 1)
    if slot["has_come"]:
        yield observation("bookings_came", slot, BOOKED, 1)
    if slot["ticket"] and slot["ticket"]["ending"] in ("completed", "referred"):
        yield observation("bookings_served", slot, BOOKED, 1)


def kept_observations(versions, arrivals):
    """The wait of who came, from the slot in force on the arrival; of several tickets for it the first tells."""
    slots_kept = set()
    for checked_in_at, ticket in arrivals:
        in_force = [version for version in versions if version["at"] <= checked_in_at]
        in_force = in_force or [version for version in versions if version["at"] == versions[0]["at"]]
        if ticket is None or not in_force:
            continue
        start = datetime.fromisoformat(in_force[-1]["data"]["slot_start"])
        if start not in slots_kept and not ticket["is_coarse"]:
            yield from slot_kept(start, checked_in_at, ticket)
        slots_kept.add(start)


def slot_kept(start, checked_in_at, ticket):
    if checked_in_at <= start + LATE_ARRIVAL:
        in_time = ticket["fate"] == "called" and ticket["first_call"] <= start + ON_TIME
        yield observation("booked_on_time_share", ticket, BOOKED, int(in_time), 1)
    ended = {"called": ticket["first_call"], "left": ticket["left_at"]}.get(ticket["fate"])
    if ended is not None:
        seconds = int((ended - max(checked_in_at, start)).total_seconds() // 1)
        if seconds <= LONGEST_WAIT_SECONDS:
            is_called = int(ticket["fate"] == "called")
            yield observation("booked_wait_median", ticket, BOOKED, is_called, 1, max(0, seconds))
