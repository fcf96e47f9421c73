"""The events that count for one month as it stands when the month is final: corrected, on the right clock, in time."""

import json
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path

import pandas as pd
from places import LOCAL

CONTRACTS = Path(__file__).parents[2] / "ingest" / "contracts"
LONGEST_DAYS_TO_ANSWER = 92
BOOKING = ("booking.created", "booking.changed", "booking.cancelled")
CORRECTION = ("correction.amended", "correction.withdrawn")


def month_after(month):
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def month_before(month):
    return (month - timedelta(days=1)).replace(day=1)


def final_cutoff(month):
    """Midnight local time at the beginning of the 10th of the next month."""
    return datetime.combine(month_after(month).replace(day=10), time(), LOCAL)


def read_events(connection, cutoff):
    """Every accepted event received before *cutoff*, as dictionaries."""
    rows = connection.execute(
        """
        select event_key, event_id, source, event_type, service_point_id, time_precision, utc_offset_minutes,
               data, occurred_at, received_at
        from landing.event
        where received_at < %s
        order by occurred_at, event_key
        """,
        (cutoff,),
    )
    names = ("key", "id", "source", "type", "point", "precision", "offset", "data", "at", "received")
    return [dict(zip(names, row, strict=True)) for row in rows]


def events_that_count(events, clock_corrections, cutoff):
    """Events as they count when only what was known before *cutoff* is known; each has its day and what it is about."""
    known = [event for event in events if event["received"] < cutoff]
    withdrawn, replaced = corrections_in_force(known)
    counted = []
    for event in known:
        if event["type"] in CORRECTION or event["key"] in withdrawn:
            continue
        fields = dict(replaced.get(event["key"], {}))
        new_time = fields.pop("time", None)
        at, offset = event["at"], event["offset"]
        if new_time is not None:
            at = datetime.fromisoformat(new_time)
            offset = int(at.utcoffset().total_seconds() // 60)
        else:
            at += timedelta(seconds=shift_of(clock_corrections, event, cutoff))
        data = {**event["data"], **fields}
        day = local_day(at, event["precision"], offset)
        about = day_it_is_about(event["type"], data, day)
        counted.append({**event, "at": at, "offset": offset, "data": data, "day": day, "about": about})
    return counted


def local_day(at, precision, offset_minutes):
    if precision == "day":
        return (at.astimezone(pd.Timestamp(0, tz="UTC").tzinfo) + timedelta(minutes=offset_minutes)).date()
    return at.astimezone(LOCAL).date()


def day_it_is_about(event_type, data, day):
    """An answer is about the day of the visit it names, unless that is in the future or too long ago."""
    if event_type == "feedback.given" and data.get("visited_on"):
        visited = date.fromisoformat(data["visited_on"])
        if day - timedelta(days=LONGEST_DAYS_TO_ANSWER) <= visited <= day:
            return visited
    return day


def shift_of(clock_corrections, event, cutoff):
    """Seconds to add to the time of an event; what was decided after its month was final moves nothing."""
    day = local_day(event["at"], event["precision"], event["offset"])
    for rule in clock_corrections.get(event["source"], ()):
        decided = datetime.combine(rule["decided_on"], time(), LOCAL)
        in_days = rule["valid_from"] <= day < (rule["valid_to"] or date.max)
        if in_days and decided < min(cutoff, final_cutoff(day.replace(day=1))):
            return rule["shift_seconds"]
    return 0


def corrections_in_force(known):
    """Keys of the events withdrawn, and by key the fields that have new values."""
    by_name = {(event["source"], event["id"]): event for event in known}
    days = days_affected(known)
    admitted = []
    for correction in known:
        if correction["type"] in CORRECTION:
            meant = by_name.get((correction["data"]["ref_source"], correction["data"]["ref_id"]))
            if meant is not None and is_admitted(correction, meant, by_name, days):
                admitted.append((correction, meant))
    taken_back = {meant["key"] for _, meant in admitted if meant["type"] in CORRECTION}
    in_force = [(one, meant) for one, meant in admitted if one["key"] not in taken_back]
    in_force.sort(key=lambda pair: (pair[0]["at"], pair[0]["received"], str(pair[0]["key"])))

    withdrawn, replaced = set(), {}
    for correction, meant in in_force:
        if correction["type"] == "correction.withdrawn":
            withdrawn.add(meant["key"])
        else:
            withdrawn.discard(meant["key"])
            replaced.setdefault(meant["key"], {}).update(correction["data"]["replaced"])
    return withdrawn, replaced


def is_admitted(correction, meant, by_name, days):
    """Whether the source may correct that event, all fields can be replaced, and the month was not final."""
    if not may_correct(correction["source"], meant["source"]) or meant["key"] == correction["key"]:
        return False
    first = meant
    if meant["type"] in CORRECTION:
        if correction["type"] == "correction.amended":
            return False
        first = by_name.get((meant["data"]["ref_source"], meant["data"]["ref_id"]))
        if first is not None and first["type"] in CORRECTION:
            return False
    new = correction["data"].get("replaced", {})
    if not all(is_correctable(meant["type"], field) for field in new):
        return False
    latest = meant["received"] + timedelta(hours=24)
    if "time" in new and datetime.fromisoformat(new["time"]) > latest:
        return False
    first = first or meant
    final = final_cutoff(days[first["key"]].replace(day=1))
    return not first["received"] < final <= correction["received"]


def may_correct(source, ref_source):
    """A source corrects its own events, a system of an agency those of any system of that agency."""
    parts = source.split("/")
    same_agency = source.startswith("/agencies/") and len(parts) > 3 and ref_source.split("/")[:3] == parts[:3]
    return source == ref_source or (same_agency and ref_source.count("/") >= 3)


def is_correctable(event_type, field):
    """The time, and fields that the contracts of the correction and of the event know by the same rules."""
    amendable = {name: rules_of(schema) for name, schema in fields_of("correction.amended")["replaced"].items()}
    known = {name: rules_of(schema) for name, schema in fields_of(event_type).items()}
    return field == "time" or (field in amendable and amendable[field] == known.get(field))


def rules_of(schema):
    return {name: value for name, value in schema.items() if name != "description"}


@cache
def fields_of(event_type):
    family, name = event_type.split(".")
    files = [path for path in (CONTRACTS / family).glob(f"{name}.v1*.json") if "examples" not in path.name]
    newest = max(files, key=lambda path: (len(path.name), path.name))
    fields = json.loads(newest.read_text())["properties"]
    if event_type == "correction.amended":
        return {"replaced": fields["replaced"]["properties"]}
    return fields


def days_affected(known):
    """By key of an event the day of its month: a ticket's arrival, a booking's slot, else what it is about."""
    arrivals, slots, days = {}, {}, {}
    for event in known:
        day = local_day(event["at"], event["precision"], event["offset"])
        days[event["key"]] = day_it_is_about(event["type"], event["data"], day)
        ticket, booking = ticket_of(event), booking_of(event)
        if ticket:
            arrivals[ticket] = min(arrivals.get(ticket, day), day)
        if booking and "slot_start" in event["data"]:
            slot = datetime.fromisoformat(event["data"]["slot_start"]).astimezone(LOCAL).date()
            slots[booking] = min(slots.get(booking, slot), slot)
    for event in known:
        days[event["key"]] = slots.get(booking_of(event)) or arrivals.get(ticket_of(event)) or days[event["key"]]
    return days


def ticket_of(event):
    is_of_ticket = event["type"].startswith("queue.") and event["type"] != "queue.observed"
    return event["data"]["ticket_key"] if is_of_ticket else None


def booking_of(event):
    return event["data"]["booking_key"] if event["type"] in BOOKING else None
