"""Installations that should answer hourly: of which opening minutes something was heard of them."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta

from counted_events import month_after
from places import LOCAL, is_valid
from queue_figures import observation

HOURLY_MODES = ("device", "popup_self_service", "popup_remote")
MEASURED_DAY_SHARE = 0.5


def installation_observations(events, places, month):
    """Opening minutes of each installation that should answer hourly, and those of hours in which it sent something."""
    yield from (observed for _source, observed in observed_days(events, places, month))


def observed_days(events, places, month):
    heard = {
        (event["source"], event["at"].astimezone(UTC).replace(minute=0, second=0, microsecond=0))
        for event in events
        if event["precision"] != "day"
    }
    for source in places.tables["source"]:
        is_hourly = source["family"] == "queue" or source["collection_mode"] in HOURLY_MODES
        if not is_hourly or source["cadence"] != "continuous" or source["service_point_id"] is None:
            continue
        for day in days_of(month):
            if is_valid(source, day):
                yield from ((source, one) for one in installation_day(source, day, heard, places))


def installation_day(source, day, heard, places):
    measured = minutes = 0
    for hours in places.opening_on(source["service_point_id"], day):
        start, end = local_span(day, *hours)
        hour = start.replace(minute=0, second=0)
        while hour < end:
            part = (min(end, hour + timedelta(hours=1)) - max(start, hour)).total_seconds() / 60
            minutes += part
            measured += part if (source["source"], hour) in heard else 0
            hour += timedelta(hours=1)
    if minutes:
        cell = {"point": source["service_point_id"], "agency": None, "day": day}
        yield observation("completeness", cell, source["family"], measured, minutes)


def unmeasured_days(events, places, month):
    """Open days of a point on which its queue systems, or its feedback devices, were silent for half the time."""
    minutes = defaultdict(lambda: [0, 0])
    for source, observed in observed_days(events, places, month):
        kind = "queue" if source["family"] == "queue" else source["collection_mode"]
        both = minutes[kind, observed["point"], observed["day"]]
        both[0] += observed["numerator"]
        both[1] += observed["denominator"]
    return {key for key, (measured, open_for) in minutes.items() if measured <= MEASURED_DAY_SHARE * open_for}


def local_span(day, opens_at, closes_at):
    return datetime.combine(day, opens_at, LOCAL).astimezone(UTC), datetime.combine(day, closes_at, LOCAL).astimezone(
        UTC
    )


def days_of(month):
    day = month
    while day < month_after(month):
        yield day
        day += timedelta(days=1)
