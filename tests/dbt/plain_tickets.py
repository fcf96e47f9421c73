"""One ticket by the queue rules, in plain Python."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from plain_stages import is_first_call_missing, plausible, totals, walk, what

RETRY = timedelta(seconds=5)
ORDER = (
    "ticket_issued",
    "checked_in",
    "called",
    "recalled",
    "service_started",
    "service_held",
    "service_resumed",
    "transferred",
    "service_ended",
    "abandoned",
    "no_show",
)


def name(event):
    return event["event_type"].split(".")[1]


def follow(world, events):
    """One ticket by the queue rules."""
    is_coarse = any(event["time_precision"] in ("hour", "day") for event in events)
    events = sorted(events, key=lambda event: (event["occurred_at"], ORDER.index(name(event)), event["event_key"]))
    times = {step: [e["occurred_at"] for e in events if name(e) == step] for step in ORDER}
    issues = [event for event in events if name(event) == "ticket_issued"]
    attempts = issues[:1]
    for earlier, issue in pairwise(issues):
        is_retry = is_coarse or issue["occurred_at"] <= earlier["occurred_at"] + RETRY
        if not is_retry and (not times["called"] or issue["occurred_at"] <= times["called"][0] + RETRY):
            attempts.append(issue)
    issue = attempts[-1] if attempts else None
    if len(attempts) > 1:
        events = [event for event in events if event["occurred_at"] >= issue["occurred_at"] - RETRY]
    closings = [event for event in events if closes(event)]
    closing = closings[0] if closings else None
    if not events:
        return None
    until = closing["occurred_at"] + RETRY if closing and not is_coarse else datetime.max.replace(tzinfo=UTC)
    live = [event for event in events if event["occurred_at"] <= until]
    first = issue or events[0]
    data = issue["data"] if issue else {}
    stays = [] if is_coarse else walk(issue, live, lambda event: ORDER.index(name(event)))
    ticket = {
        "key": first["data"]["ticket_key"],
        "point": first["service_point_id"],
        "day": world.day(first),
        "arrived_at": first["occurred_at"],
        "tie": str(first["event_key"]),
        "visit": data.get("visit_key") or first["data"]["ticket_key"],
        "agency": world.agency(data.get("agency"), world.day(first)),
        "access": data.get("access"),
        "chained_from": data.get("chained_from"),
        "is_coarse": is_coarse,
        "is_service": data.get("purpose") != "booking_only",
        "booking": next((e["data"]["booking_key"] for e in [first, *events] if e["data"].get("booking_key")), None),
        "is_first_call_missing": is_first_call_missing(stays),
        "called_at": None if is_first_call_missing(stays) else first_time(live, "called"),
        "checked_in_at": first_time(events, "checked_in")
        or (issue["occurred_at"] if data.get("access") == "booked" else None),
    }
    ticket["fate"], ended_at = fate(ticket, live, closing)
    is_timed = issue and ended_at and not is_coarse
    hours = world.hours_at(first["service_point_id"])
    ticket["wait"] = plausible(hours(issue["occurred_at"], ended_at), "waiting") if is_timed else None
    ticket["outcome"] = what(closing) if closing else None
    ticket["is_inaccurate"] = any(event["data"].get("time_inaccurate") for event in events)
    return ticket | totals(stays, hours) if stays else ticket | dict.fromkeys(("repeat_wait", "service", "hold"))


def closes(event):
    return name(event) in ("abandoned", "no_show") or (
        name(event) == "service_ended" and event["data"]["end_state"] != "returned_to_queue"
    )


def first_time(events, step):
    return min((event["occurred_at"] for event in events if name(event) == step), default=None)


def fate(ticket, live, closing):
    if ticket["called_at"]:
        return "called", ticket["called_at"]
    state = closing["data"].get("end_state") if closing else None
    was_returned = any(event["data"].get("end_state") == "returned_to_queue" for event in live)
    was_seen = (
        ticket["is_first_call_missing"]
        or first_time(live, "service_started")
        or first_time(live, "recalled")
        or was_returned
        or state in ("completed", "referred", "no_show")
    )
    if was_seen or (closing and name(closing) == "no_show"):
        return "not recorded", None
    if closing and (name(closing) == "abandoned" or state == "left"):
        return "left", closing["occurred_at"]
    return "unknown", None


def join_chains(tickets):
    """The tickets, each with the visit of the one that it is chained from on the same day at the same point."""
    by_key = {ticket["key"]: ticket for ticket in tickets}
    return [ticket | {"visit": first_of_chain(ticket, by_key)["visit"]} for ticket in tickets]


def first_of_chain(ticket, by_key):
    seen = [ticket]
    while (parent := by_key.get(seen[-1]["chained_from"])) and parent not in seen:
        if (parent["point"], parent["day"]) != (ticket["point"], ticket["day"]):
            break
        seen.append(parent)
    return seen[-1]
