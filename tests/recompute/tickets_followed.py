"""What became of each ticket: its events walked through one by one, by the words of the queue rules."""

from collections import defaultdict
from datetime import datetime, time, timedelta

from counted_events import ticket_of
from places import LOCAL

RETRY_SECONDS = 5
LONGEST = {"wait": 4 * 3600, "preparation": 1800, "service": 4 * 3600, "hold": 2 * 3600}
CLOSING = ("left", "no_show", "finished", "closed_by_system")
LONGEST_SESSION_SECONDS = 4 * 3600
COARSE = ("hour", "day")
# What an event does to a service in each state in which it is expected.
EXPECTED = {
    "waiting": {"called", "transferred", "left", "closed_by_system"},
    "called": {"recalled", "started", "returned", "transferred", "left", "no_show", "closed_by_system"},
    "serving": {"held", "returned", "transferred", "left", "finished", "closed_by_system"},
    "held": {"resumed", "left", "closed_by_system"},
    "closed": set(),
}
BECOMES = {
    "called": "called",
    "recalled": "called",
    "started": "serving",
    "resumed": "serving",
    "held": "held",
    "returned": "waiting",
    "transferred": "waiting",
}
STAGE = {"waiting": "wait", "called": "preparation", "serving": "service", "held": "hold"}
BEFORE = {"called": "waiting", "started": "called", "held": "serving", "resumed": "held", "finished": "serving"}


def kind_of(event):
    name = event["type"].removeprefix("queue.")
    if name == "service_ended":
        ends = {"returned_to_queue": "returned", "left": "left", "no_show": "no_show"}
        ends |= {"closed_by_system": "closed_by_system"}
        return ends.get(event["data"]["end_state"], "finished")
    names = {"ticket_issued": "issued", "abandoned": "left", "service_started": "started", "service_held": "held"}
    return (names | {"service_resumed": "resumed"}).get(name, name)


def followed_tickets(events, places):
    """One dictionary for each counted attempt of each ticket for service."""
    by_ticket = defaultdict(list)
    for event in events:
        if ticket_of(event):
            by_ticket[ticket_of(event)].append({**event, "kind": kind_of(event)})
    tickets = []
    for ticket_key, own in by_ticket.items():
        own.sort(key=lambda event: (event["at"], event["received"], str(event["key"])))
        issues = [event for event in own if event["kind"] == "issued"]
        if issues and issues[0]["data"]["purpose"] == "service":
            tickets.append(followed(ticket_key, own, issues, places))
    join_chains(tickets)
    mark_inaccurate_visits(tickets)
    return tickets


def join_chains(tickets):
    """A ticket without a visit that is chained from another of the day belongs to the visit of that one."""
    by_key = {(ticket["ticket_key"], ticket["day"]): ticket for ticket in tickets}
    for ticket in tickets:
        first, seen = ticket, set()
        while not first["visit_key"] and first["ticket_key"] not in seen:
            seen.add(first["ticket_key"])
            first = by_key.get((first["chained_from"], ticket["day"]), first)
        ticket["visit_key"] = first["visit_key"] or first["ticket_key"]


def counted_issue(issues, others):
    """The issue that counts: one more than five seconds after the last and before any call is a new attempt."""
    calls = [event["at"] for event in others if event["kind"] in ("called", "started")]
    counted = last = issues[0]
    for issue in issues[1:]:
        if any(call <= issue["at"] for call in calls):
            break
        if (issue["at"] - last["at"]).total_seconds() > RETRY_SECONDS:
            counted = issue
        last = issue
    return counted


def followed(ticket_key, own, issues, places):
    others = [event for event in own if event["kind"] not in ("issued", "checked_in")]
    issue = counted_issue(issues, others)
    if issue is not issues[0]:  # what belongs to the reverted attempt is gone with it
        others = [event for event in others if event["at"] >= issue["at"]]
    data, day = issue["data"], issue["day"]
    ticket = {
        "ticket_key": ticket_key,
        "visit_key": data.get("visit_key"),
        "chained_from": data.get("chained_from"),
        "booking_key": data.get("booking_key"),
        "point": issue["point"],
        "agency": places.agency_on(data["agency"], day),
        "access": data.get("access"),
        "service_code": data.get("service_code"),
        "day": day,
        "issue_key": issue["key"],
        "issued_at": issue["at"],
        "checked_in_at": min((event["at"] for event in own if event["kind"] == "checked_in"), default=None),
        "is_coarse": any(event["precision"] in COARSE for event in own),
        "is_inaccurate": any(event["data"].get("time_inaccurate") for event in others),
    }
    return ticket | course(issue, others, places)


def course(issue, others, places):
    """Walk through the events: the spans of each stage in seconds (None where an end is not known) and the ending."""
    state, since, first_call, left_at, ending = "waiting", issue["at"], None, None, "unknown"
    spans, agency = {"wait": [], "preparation": [], "service": [], "hold": []}, issue["data"]["agency"]
    minutes_of = defaultdict(float)
    without_system = [event for event in others if event["kind"] != "closed_by_system"]
    last = max((event["at"] for event in without_system), default=issue["at"])
    remaining = without_system + [e for e in others if e["kind"] == "closed_by_system" and e["at"] >= last]
    while remaining and state != "closed":
        event = next_event(remaining, state)
        remaining.remove(event)
        kind = event["kind"]
        if BECOMES.get(kind) == state and kind != "transferred":
            continue  # the service is already in that state: the first counts
        is_expected = kind in EXPECTED[state]
        seconds = whole_seconds(since, event["at"]) if is_expected and kind != "closed_by_system" else None
        span = reported(seconds, since, event["at"], issue["point"], STAGE[state], places)
        spans[STAGE[state]].append(span)
        minutes_of[STAGE[state], places.agency_on(agency, issue["day"])] += (span or 0) / 60
        agency = event["data"].get("to_agency") or agency
        if not is_expected:
            for skipped in skipped_stages(state, kind):
                spans[skipped].append(None)
        if kind == "called" and first_call is None:
            first_call = event["at"]
        if kind in CLOSING:
            ending = kind if kind != "finished" else event["data"]["end_state"]
            if kind == "left":
                ending, left_at = f"left_{state}", event["at"]
        state, since = BECOMES.get(kind, "closed"), event["at"]
    if state != "closed":
        spans[STAGE[state]].append(None)
    end_of_wait = first_call or (left_at if ending == "left_waiting" else None)
    first_wait = None
    if end_of_wait is not None:
        seconds = whole_seconds(issue["at"], end_of_wait)
        first_wait = reported(seconds, issue["at"], end_of_wait, issue["point"], "wait", places)
    return summed(spans, first_call, first_wait, ending) | {"left_at": left_at, "minutes_of": minutes_of}


def next_event(remaining, state):
    """The earliest event; of those within five seconds the one that the state expects, and a closing one last."""
    first = min(event["at"] for event in remaining)
    near = [event for event in remaining if (event["at"] - first).total_seconds() <= RETRY_SECONDS]
    expected = [event for event in near if event["kind"] in EXPECTED[state]]
    going_on = [event for event in expected if event["kind"] not in CLOSING]
    still = [event for event in near if event["kind"] not in CLOSING and BECOMES.get(event["kind"]) == state]
    return (going_on or still or expected or near)[0]


def skipped_stages(state, kind):
    """Stages between the state that an unexpected event found and the one it comes from."""
    order = ["waiting", "called", "serving"]
    came_from = BEFORE.get(kind, "called" if kind == "no_show" else state)
    if state in order and came_from in order:
        return [STAGE[name] for name in order[order.index(state) + 1 : order.index(came_from) + 1]]
    return []


def whole_seconds(begun, ended):
    seconds = int((ended - begun).total_seconds() // 1)
    if -RETRY_SECONDS <= seconds < 0:
        return 0
    return seconds


def reported(seconds, begun, ended, point, stage, places):
    """The span if it is plausible, else None; a wait over night counts opening hours only."""
    if seconds is None:
        return None
    first, last = begun.astimezone(LOCAL).date(), ended.astimezone(LOCAL).date()
    if stage == "wait" and first < last:
        seconds = opening_seconds(point, begun, ended, places)
    return seconds if 0 <= seconds <= LONGEST[stage] else None


def opening_seconds(point, begun, ended, places):
    day, seconds = begun.astimezone(LOCAL).date(), 0
    while day <= ended.astimezone(LOCAL).date():
        for opens_at, closes_at in places.opening_on(point, day):
            start = max(begun, datetime.combine(day, opens_at, LOCAL))
            end = min(ended, datetime.combine(day, closes_at or time(23, 59, 59), LOCAL))
            seconds += max(0, int((end - start).total_seconds()))
        day += timedelta(days=1)
    return seconds


def summed(spans, first_call, first_wait, ending):
    if first_call is not None:
        fate = "called"
    elif ending == "left_waiting":
        fate = "left"
    elif ending in ("unknown", "closed_by_system") and never_left_the_queue(spans):
        fate = "unknown"
    else:
        fate = "not_recorded"
    return {
        "fate": fate,
        "ending": ending,
        "first_call": first_call,
        "first_wait": first_wait,
        "waits": spans["wait"],
        "preparations": spans["preparation"],
        "services": spans["service"],
        "holds": spans["hold"],
    }


def never_left_the_queue(spans):
    return not spans["preparation"] and not spans["service"]


def mark_inaccurate_visits(tickets):
    """An inaccurate closing time makes the service time of all services of the visit unknown."""
    inaccurate = {ticket["visit_key"] for ticket in tickets if ticket["is_inaccurate"]}
    for ticket in tickets:
        if ticket["visit_key"] in inaccurate:
            ticket["services"] = [None]
            for stage, agency in list(ticket["minutes_of"]):
                if stage == "service":
                    del ticket["minutes_of"][stage, agency]


def total(parts):
    """The sum of the parts, or None when one is not known."""
    return None if any(part is None for part in parts) else sum(parts)
