"""The stages of one ticket by the queue rules, in plain Python: a walk from state to state."""

from datetime import timedelta

RETRY = timedelta(seconds=5)
LONGEST = {"waiting": 4 * 3600, "called": 1800, "serving": 4 * 3600, "held": 7200}
BECOMES = {
    "ticket_issued": "waiting",
    "called": "called",
    "service_started": "serving",
    "service_held": "held",
    "service_resumed": "serving",
    "transferred": "waiting",
    "abandoned": "closed",
    "no_show": "closed",
}
# From each state, what may end it: the event, or the end state that the event tells.
MAY_END = {
    "waiting": {"called", "transferred", "abandoned", "left", "closed_by_system"},
    "called": {
        "service_started",
        "transferred",
        "abandoned",
        "no_show",
        "returned_to_queue",
        "left",
        "closed_by_system",
    },
    "serving": {
        *("service_held", "transferred", "abandoned", "completed", "referred", "returned_to_queue", "left"),
        "closed_by_system",
    },
    "held": {"service_resumed", "abandoned", "left", "closed_by_system"},
}


def what(event):
    name = event["event_type"].split(".")[1]
    return event["data"]["end_state"] if name == "service_ended" else name


def becomes(event):
    if event["event_type"] == "queue.service_ended":
        return "waiting" if what(event) == "returned_to_queue" else "closed"
    return BECOMES.get(what(event))


def walk(issue, events, order):
    """[(state, event that began it, event that ended it or None, whether it is a gap)] until the first close."""
    changes = [
        event for event in events if becomes(event) and (event is issue or event["event_type"] != "queue.ticket_issued")
    ]
    stays = []
    for event in accepted(issue, changes, order):
        if stays:
            state, began, _ended, _gap = stays[-1]
            stays[-1] = (state, began, event, what(event) not in MAY_END[state])
        if becomes(event) == "closed":
            break
        stays.append((becomes(event), event, None, False))
    return stays


def accepted(issue, changes, order):
    """The changes in order, without what was told twice within the retry time."""
    placed = []
    for number, event in enumerate(changes):
        before = changes[number - 1] if number else None
        is_swapped = (
            before
            and event is not issue
            and becomes(event) != "closed"
            and order(event) < order(before)
            and event["occurred_at"] <= before["occurred_at"] + RETRY
            and what(event) not in MAY_END.get(becomes(before), ())
        )
        at = before["occurred_at"] if is_swapped else event["occurred_at"]
        placed.append((event is not issue, becomes(event) == "closed", at, order(event), event["event_key"], event))
    in_order = [place[-1] for place in sorted(placed, key=lambda place: place[:-1])]
    for number, event in enumerate(in_order):
        before = in_order[number - 1] if number else None
        is_retry = (
            before
            and what(event) != "transferred"
            and event["event_type"] == before["event_type"]
            and becomes(event) == becomes(before)
            and event["occurred_at"] <= before["occurred_at"] + RETRY
        )
        if not is_retry:
            yield event


def is_first_call_missing(stays):
    if stays and stays[0][0] != "waiting":
        return what(stays[0][1]) != "called"
    for state, _began, _ended, is_gap in stays:
        if state != "waiting":
            return False
        if is_gap:
            return True
    return False


def seconds(stay, hours):
    """Length of a stay by the clock, of a wait over a night only the opening hours; None where it is not known."""
    state, began, ended, is_gap = stay
    if ended is None or is_gap or what(ended) == "closed_by_system":
        return None
    if state == "waiting":
        return hours(began["occurred_at"], ended["occurred_at"])
    return (ended["occurred_at"] - began["occurred_at"]).total_seconds()


def plausible(total, state):
    return int(max(total, 0)) if total is not None and -5 <= total <= LONGEST[state] else None


def totals(stays, hours):
    """Repeat wait, service and hold in whole seconds; each is None when a part of it is not known."""
    lengths = [(stay, seconds(stay, hours)) for stay in stays]
    first_wait = next((number for number, stay in enumerate(stays) if stay[0] != "waiting"), len(stays))
    repeats = [length for stay, length in lengths[first_wait:] if stay[0] == "waiting"]
    is_wait_unknown = any(length is None for stay, length in lengths if stay[0] == "waiting")
    is_wait_negative = any(length < -5 for length in repeats if length is not None)
    desk = [(stay[0], length) for stay, length in lengths if stay[0] in ("serving", "held")]
    is_skipped = any(
        is_gap and state in ("waiting", "called") and what(ended) in ("service_held", "service_resumed", *DONE)
        for state, _began, ended, is_gap in stays
    )
    is_desk_unknown = is_skipped or any(length is None or length < -5 for _state, length in desk)
    served = [length for state, length in desk if state == "serving"]
    return {
        "repeat_wait": None if is_wait_unknown or is_wait_negative else plausible(sum(repeats), "waiting"),
        "service": None if is_desk_unknown or not served else plausible(sum(served), "serving"),
        "hold": None if is_desk_unknown else plausible(sum(n for state, n in desk if state == "held"), "held"),
    }


DONE = ("completed", "referred")
