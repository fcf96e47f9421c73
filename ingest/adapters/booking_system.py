"""Booking systems: appointments made, changed, cancelled and free times seen, by webhook or by a daily export's rows.

The customer's name, number and reasons stand in the payload and are never read.
"""

from typing import Any

from ingest.adapters.adapter import Installation, NotTranslated
from ingest.adapters.payloads import content_id, event, identity, in_zone, mapped, moment, required, when, whole

FAMILY = "booking"
_EVENTS = {"BOOKED": "created", "CHANGED": "changed", "CANCELLED": "cancelled", "FREE_TIMES": "slots_observed"}
_SHORTEST_KEY = 8


def translate(payload: dict[str, Any], installation: Installation) -> list[dict[str, Any]]:
    """One event a payload. An export's columns are renamed by settings.columns; its empty cells say nothing."""
    columns = installation.settings.get("columns", {})
    told = {columns.get(name, name): value for name, value in payload.items() if value not in (None, "")}
    organisation = mapped(told, "organisation", installation.settings["organisations"], "settings.organisations")
    source = f"{installation.source.rstrip('/')}{organisation['path']}"
    try:
        return [_event(told, payload, installation, organisation["agency"], source)]
    except NotTranslated as problem:
        raise NotTranslated(str(problem), source) from problem


def _event(
    told: dict[str, Any], payload: dict[str, Any], installation: Installation, agency: str, source: str
) -> dict[str, Any]:
    settings = installation.settings
    name = mapped(told, "event", {**_EVENTS, **settings.get("events", {})}, "settings.events")
    point = mapped(told, "office", settings["offices"], "settings.offices") if "office" in told else None
    time, precision = when(told, "occurredAt", installation.time_zone)
    if name == "slots_observed":
        data = _free_times(told, installation)
    else:
        data = {"booking_key": _key(told, "bookingId")}
        if name != "cancelled":
            data |= _appointment(told, installation)
        if name == "changed":
            data["sequence"] = whole(told, "version")
        data["source_system"] = settings.get("source_system")
    event_id = _id(told, payload, installation)
    return event(f"booking.{name}", event_id, source, point, time, {"agency": agency} | data, precision)


def _id(told: dict[str, Any], payload: dict[str, Any], installation: Installation) -> str:
    """The vendor's message id; without one, as in exports, the content's: an unchanged row has the same id again."""
    return identity(told, "messageId") if "messageId" in told else content_id(payload, installation)


def _appointment(told: dict[str, Any], installation: Installation) -> dict[str, Any]:
    return {
        "slot_start": _instant(told, "start", installation),
        "slot_end": _instant(told, "end", installation) if "end" in told else None,
        "made_by": _code(told, "bookedBy", installation, "made_by"),
        "expected_service_events": whole(told, "expectedVisits"),
        "chained_from": _key(told, "previousBookingId") if "previousBookingId" in told else None,
        **_service(told, installation),
    }


def _free_times(told: dict[str, Any], installation: Installation) -> dict[str, Any]:
    return {
        "first_free_at": _instant(told, "firstFree", installation) if "firstFree" in told else None,
        "third_free_at": _instant(told, "thirdFree", installation) if "thirdFree" in told else None,
        "free_count": whole(told, "free"),
        "offered_count": whole(told, "offered"),
        "horizon_days": whole(told, "daysAhead"),
        **_service(told, installation),
    }


def _service(told: dict[str, Any], installation: Installation) -> dict[str, Any]:
    return {
        "service_code": _code(told, "service", installation, "services"),
        "service_mode": _code(told, "serviceMode", installation, "service_modes"),
    }


def _code(told: dict[str, Any], name: str, installation: Installation, setting: str) -> Any:
    if name not in told:
        return None
    return mapped(told, name, installation.settings.get(setting, {}), f"settings.{setting}")


def _instant(told: dict[str, Any], name: str, installation: Installation) -> str:
    required(told, name, str)
    return in_zone(moment(told, name, installation.time_zone).instant, installation.time_zone).isoformat()


def _key(told: dict[str, Any], name: str) -> str:
    key = identity(told, name)
    return key if len(key) >= _SHORTEST_KEY else f"reference-{key}"
