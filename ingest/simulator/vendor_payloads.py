"""What vendors' systems would send for simulated events: the inverse of the adapters.

An event that a vendor's format cannot say, or not exactly, has no payload: it goes to POST /v1/events.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from ingest.adapters.adapter import Installation, NotTranslated, translate
from ingest.simulator.sms_payloads import sms_payload

Event = dict[str, Any]
Payload = dict[str, Any]
# (event, the vendor's name for what sent it, the installation) -> payload
Inverse = Callable[[Event, str, Installation], Payload | None]

_ENDS = {
    "queue.abandoned": {"outcome": "REMOVED_BY_CUSTOMER", "state": "WAITING"},
    "queue.no_show": {"outcome": "NO_SHOW", "state": "CALLED"},
}
_END_STATES = {
    "completed": {"eventType": "SERVED"},
    "returned_to_queue": {"eventType": "RETURNED"},
    "left": {"eventType": "ENDED", "outcome": "REMOVED_BY_CUSTOMER"},
    "no_show": {"eventType": "ENDED", "outcome": "NO_SHOW"},
    "closed_by_system": {"eventType": "ENDED", "outcome": "LOGOUT"},
    "referred": {"eventType": "ENDED", "outcome": "REFERRED"},
}
_QUEUE_EVENTS = {
    "queue.ticket_issued": "TICKET_CREATED",
    "queue.checked_in": "CHECKED_IN",
    "queue.called": "CALLED",
    "queue.recalled": "RECALLED",
    "queue.service_started": "SERVING_STARTED",
    "queue.service_held": "HELD",
    "queue.service_resumed": "RESUMED",
    "queue.transferred": "TRANSFERRED",
}
_BOOKING_EVENTS = {
    "booking.created": "BOOKED",
    "booking.changed": "CHANGED",
    "booking.cancelled": "CANCELLED",
    "booking.slots_observed": "FREE_TIMES",
}


class Vendors:
    """The installations of a deployment, by the sources of their events."""

    def __init__(self, installations: Mapping[str, Installation]) -> None:
        self._by_source: dict[str, tuple[str, Installation]] = {}
        for installation in installations.values():
            if installation.adapter in INVERSES:
                for source, name in _sources(installation):
                    self._by_source[source] = (name, installation)

    def sources(self) -> set[str]:
        return set(self._by_source)

    def payload(self, event: Event) -> tuple[Installation, Payload] | None:
        """The installation that would send *event*, and what; only what is translated back to the same event."""
        name, installation = self._by_source.get(event["source"], ("", None))
        if installation is None:
            return None
        payload = INVERSES[installation.adapter](event, name, installation)
        if payload is None:
            return None
        try:
            is_the_same = translate(payload, installation) == [without_receipt(event)]
        except NotTranslated:
            return None
        return (installation, payload) if is_the_same else None


def without_receipt(event: Event) -> Event:
    return {name: value for name, value in event.items() if name != "receivedtime"}


def _sources(installation: Installation) -> Iterator[tuple[str, str]]:
    for setting in ("devices", "branches", "organisations", "surveys"):
        for name, told in installation.settings.get(setting, {}).items():
            yield f"{installation.source.rstrip('/')}{told.get('path', '')}", name


def _smiley(event: Event, name: str, installation: Installation) -> Payload | None:
    data, device = event["data"], installation.settings["devices"][name]
    told = {"smileyId": int(name) if name.isdigit() else name, "localTime": event["time"][:19]}
    if _kind(event) == "device.heartbeat":
        status = {
            "type": "status",
            "statusId": event["id"],
            "firmware": data.get("firmware"),
            "queuedFeedbacks": data.get("buffered_events"),
            "clockOffsetMs": data.get("clock_offset_ms"),
        }
        return told | _without_none(status)
    scale = installation.settings["scales"][device["scale"]]
    if _kind(event) != "feedback.given" or len(data["answers"]) != 1 or data["answers"][0]["raw_value"] not in scale:
        return None
    return told | {
        "feedbackId": event["id"],
        "surveyId": 12,
        "experiencePointId": 7,
        "buttonIndex": scale.index(data["answers"][0]["raw_value"]),
        "misuse": data.get("misuse", False),
        "position": 0,
        "ui": "physical",
        "smileyType": "SMILEY_TERMINAL",
    }


def _queue(event: Event, name: str, installation: Installation) -> Payload | None:
    data, settings, kind = event["data"], installation.settings, _kind(event)
    told: Payload = {"eventId": event["id"], "timestamp": _utc(event["time"]), "branchId": name}
    if kind == "device.heartbeat":
        status = {
            "eventType": "STATUS",
            "version": data.get("firmware"),
            "bufferedEvents": data.get("buffered_events"),
            "clockOffsetMs": data.get("clock_offset_ms"),
        }
        return told | _without_none(status)
    if kind == "queue.service_ended":
        told |= _END_STATES[data["end_state"]] | {"state": "SERVING"}
    elif kind in _ENDS:
        told |= {"eventType": "ENDED"} | _ENDS[kind]
    elif kind in _QUEUE_EVENTS:
        told["eventType"] = _QUEUE_EVENTS[kind]
    else:
        return None
    queue = data.get("queue_code") or (f"{data['agency']}_booked" if "agency" in data else None)
    return told | _without_none(
        {
            "ticketId": data.get("ticket_key"),
            "visitId": data.get("visit_key"),
            "appointmentId": data.get("booking_key"),
            "previousTicketId": data.get("chained_from"),
            "queueId": queue,
            "serviceId": data.get("service_code"),
            "ticketType": _told(settings, "ticket_types", data.get("purpose")),
            "serviceMode": _told(settings, "service_modes", data.get("service_mode")),
            "reason": _told(settings, "transfer_reasons", data.get("reason")),
            "toQueueId": data.get("to_queue_code"),
            "language": None if "language" not in data else "xx" if data["language"] == "other" else data["language"],
            "partySize": data.get("party_size"),
            "stopId": data.get("stop_id"),
            "deskId": data.get("desk_id"),
            "callNumber": data.get("call_no"),
            "timeInaccurate": data.get("time_inaccurate"),
            "staffId": "S-0417",  # systems send it, whoever may read it: the adapter does not
        }
    )


def _booking(event: Event, name: str, installation: Installation) -> Payload | None:
    data, settings = event["data"], installation.settings
    if _kind(event) not in _BOOKING_EVENTS:
        return None
    offices = {point: office for office, point in settings["offices"].items()}
    return _without_none(
        {
            "messageId": event["id"],
            "event": _BOOKING_EVENTS[_kind(event)],
            "occurredAt": _utc(event["time"]),
            "organisation": name,
            "office": offices.get(event.get("subject", "")),
            "bookingId": data.get("booking_key"),
            "start": _local(data.get("slot_start")),
            "end": _local(data.get("slot_end")),
            "service": _told(settings, "services", data.get("service_code")),
            "serviceMode": _told(settings, "service_modes", data.get("service_mode")),
            "bookedBy": _told(settings, "made_by", data.get("made_by")),
            "expectedVisits": data.get("expected_service_events"),
            "previousBookingId": data.get("chained_from"),
            "version": data.get("sequence"),
            "firstFree": _local(data.get("first_free_at")),
            "thirdFree": _local(data.get("third_free_at")),
            "free": data.get("free_count"),
            "offered": data.get("offered_count"),
            "daysAhead": data.get("horizon_days"),
            "customerName": "Testi Asiakas",  # as staffId in a queue system's payload
        }
    )


def _kind(event: Event) -> str:
    return str(event["type"]).removeprefix("fi.pulssi.").removesuffix(".v1")


def _told(settings: Mapping[str, Any], setting: str, ours: Any) -> str | None:
    """The vendor's code for ours."""
    if ours is None:
        return None
    return next((theirs for theirs, mapped in settings.get(setting, {}).items() if mapped == ours), None)


def _utc(time: str) -> str:
    return f"{datetime.fromisoformat(time).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _local(time: str | None) -> str | None:
    """Without the offset, as booking systems write the times of appointments."""
    return None if time is None else time[:19]


def _without_none(payload: Payload) -> Payload:
    return {name: value for name, value in payload.items() if value is not None}


INVERSES: dict[str, Inverse] = {
    "smiley_device": _smiley,
    "queue_system": _queue,
    "booking_system": _booking,
    "sms_provider": sms_payload,
}
