"""Corrections and rules for clocks once more, in plain Python: what is left of the events that were received."""

import json
from datetime import date, datetime, timedelta
from functools import cache

from infra.settings import ROOT


def apply(world, events):
    """The events that count, each with its last values; *received_at* is when these were known."""
    sent = {(event["source"], event["event_id"]): event for event in events}
    valid = [(c, meant(c, sent)) for c in events if is_correction(c) and may_take_effect(world, c, sent, events)]
    taken_back = {id(target) for _correction, target in valid if is_correction(target)}
    by_event = {}
    for correction, target in valid:
        if id(correction) not in taken_back:
            by_event.setdefault(id(target), []).append(correction)
    shifted = [shift(world, event) for event in events if not is_correction(event)]
    left = [amend(new, by_event.get(id(old), ())) for new, old in shifted]
    return [event for event in left if event]


def is_correction(event):
    return event["event_type"].startswith("correction.")


def meant(correction, sent):
    return sent.get((correction["data"]["ref_source"], correction["data"]["ref_id"]))


def may_take_effect(world, correction, sent, events):
    target = meant(correction, sent)
    ref_source, source = correction["data"]["ref_source"], correction["source"]
    of_one_agency = source.startswith("/agencies/") and ref_source.split("/")[:3] == source.split("/")[:3]
    if target is None or target is correction or not (ref_source == source or of_one_agency):
        return False
    if is_correction(target):
        event = meant(target, sent)
        is_withdrawal = correction["event_type"] == "correction.withdrawn"
        return (
            is_withdrawal
            and event is not None
            and not is_correction(event)
            and in_time(world, correction, event, events)
        )
    replaced = correction["data"].get("replaced", {})
    time = replaced.get("time")
    return (
        set(replaced) <= fields_of(target["event_type"]) | {"time"}
        and (not time or datetime.fromisoformat(time) <= target["received_at"] + timedelta(hours=24))
        and in_time(world, correction, target, events)
    )


def in_time(world, correction, event, events):
    """Whether the event's month was open when the correction came, or the event had missed it itself."""
    day = month_day(world, event, events)
    next_month = (day.replace(day=1) + timedelta(days=32)).replace(day=10)
    final = datetime(next_month.year, next_month.month, next_month.day, tzinfo=world.zone)
    return day >= world.month or event["received_at"] >= final or correction["received_at"] < final


def month_day(world, event, events):
    """The day whose month the event is in: of a ticket its arrival, of a booking its slot, of an answer its visit."""
    family, name = event["event_type"].split(".")
    if family == "queue" and name != "observed":
        key = event["data"]["ticket_key"]
        return min(world.day(each) for each in events if each["data"].get("ticket_key") == key)
    slots = [
        datetime.fromisoformat(each["data"]["slot_start"]).astimezone(world.zone).date()
        for each in events
        if family == "booking"
        and each["data"].get("booking_key") == event["data"].get("booking_key")
        and each["data"].get("slot_start")
    ]
    return min(slots) if slots else world.day_of_visit(event)


def shift(world, event):
    """A copy of the event by the rule for its source's clock, and the event."""
    told_on = world.day(event)
    for rule in world.tables["clock_correction"]:
        decided_at = datetime.combine(rule["decided_on"], datetime.min.time(), world.zone)
        is_of_day = rule["valid_from"] <= told_on < (rule["valid_to"] or date.max)
        is_in_time = decided_at < world.cutoff and (told_on >= world.month or decided_at < world.cutoff_before)
        if rule["source"] == event["source"] and is_of_day and is_in_time:
            seconds = timedelta(seconds=rule["shift_seconds"])
            return event | {"occurred_at": event["occurred_at"] + seconds, "told_at": event["occurred_at"]}, event
    return event | {"told_at": event["occurred_at"]}, event


def amend(event, corrections):
    """The event with what its corrections replace, or nothing when the latest of them withdraws it."""
    in_order = sorted(corrections, key=lambda each: (each["occurred_at"], each["received_at"], str(each["event_key"])))
    if in_order and in_order[-1]["event_type"] == "correction.withdrawn":
        return None
    replaced = {}
    for correction in in_order:
        replaced |= correction["data"].get("replaced", {})
    time = replaced.pop("time", None)
    known_at = max([event["received_at"], *(c["received_at"] for c in in_order if "replaced" in c["data"])])
    changed = {"data": event["data"] | replaced, "received_at": known_at}
    return event | changed | ({"occurred_at": datetime.fromisoformat(time)} if time else {})


@cache
def fields_of(event_type):
    """The payload fields of a contract, without its keys."""
    family, name = event_type.split(".")
    path = ROOT / "ingest" / "contracts" / family / f"{name}.v1.json"
    properties = json.loads(path.read_text(encoding="utf-8"))["properties"]
    return frozenset(field for field, rule in properties.items() if "x-key-scope" not in rule)
