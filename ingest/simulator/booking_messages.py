"""What the booking systems of the agencies send: bookings, their changes, and looks at the free times."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from ingest.simulator.customers import Booking
from ingest.simulator.events import DAY_SECONDS, Event, Keys, local_time, new_event
from ingest.simulator.parameters import Parameters
from ingest.simulator.run import DayOfPoint
from ingest.simulator.world import World

HORIZON_DAYS = 30


def booking_events(
    rng: Random, happened: DayOfPoint, keys: Keys, world: World, parameters: Parameters, zone: ZoneInfo, start: int
) -> Iterator[Event]:
    subject = happened.point.service_point_id
    for booking in happened.bookings:
        source = world.booking_sources[booking.agency]
        key = {"booking_key": keys.bookings[booking.agency, booking.number], "agency": booking.agency}
        services = world.services[booking.agency]
        slot_start = start + booking.slot_start
        created_at = slot_start - int(booking.days_ahead * DAY_SECONDS)
        is_changed = rng.random() < parameters["rescheduled_share"]
        first_slot = slot_start + rng.choice((-2, -1, 1, 2, 5)) * 3600 if is_changed else slot_start
        made_by = "customer"
        if rng.random() < parameters["third_party_booked_share"]:
            made_by = rng.choice(("adviser", "expert"))
        rest = {
            "service_code": services[booking.number % len(services)],
            "service_mode": "face_to_face",
            "made_by": made_by,
        }
        created = key | _slot(booking, first_slot, zone) | rest
        yield new_event(rng, "booking.created", source, subject, created_at, created)
        changed_at = created_at + int((slot_start - created_at) * rng.uniform(0.05, 0.3))
        if is_changed:
            changed = key | _slot(booking, slot_start, zone) | rest | {"sequence": 1}
            yield new_event(rng, "booking.changed", source, subject, changed_at, changed)
        if booking.is_cancelled:
            cancelled_at = created_at + int((slot_start - created_at) * rng.uniform(0.35, 0.98))
            yield new_event(rng, "booking.cancelled", source, subject, cancelled_at, key)


def slots_observed(rng: Random, happened: DayOfPoint, world: World, zone: ZoneInfo, start: int) -> Iterator[Event]:
    """Each morning one look per agency at the times that are free within a month."""
    for look in happened.looks:
        data: dict[str, Any] = {
            "agency": look.agency,
            "service_code": world.services[look.agency][0],
            "service_mode": "face_to_face",
            "free_count": look.free_count,
            "offered_count": look.offered_count,
            "horizon_days": HORIZON_DAYS,
        }
        for name, days_ahead in (("first_free_at", look.first_days_ahead), ("third_free_at", look.third_days_ahead)):
            if days_ahead is not None:
                data[name] = free_slot(start + look.at, days_ahead, zone).isoformat()
        source = world.booking_sources[look.agency]
        yield new_event(rng, "booking.slots_observed", source, happened.point.service_point_id, start + look.at, data)


def _slot(booking: Booking, slot_start: int, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "slot_start": local_time(slot_start, zone),
        "slot_end": local_time(slot_start + booking.slot_seconds, zone),
    }


def free_slot(instant: int, days_ahead: int, zone: ZoneInfo) -> datetime:
    """Ten o'clock of a weekday some days later."""
    day = datetime.fromtimestamp(instant, zone).date() + timedelta(days=days_ahead)
    day += timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)
    return datetime(day.year, day.month, day.day, 10, tzinfo=zone)
