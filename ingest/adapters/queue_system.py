"""Queue systems: tickets created, called, recalled, transferred, returned, served and ended, desks logged out.

Staff accounts and names, the customer and the printed number stand in the payload and are never read.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from ingest.adapters.adapter import Installation, NotTranslated
from ingest.adapters.payloads import event, identity, mapped, optional, required, when

FAMILY = "queue"
OUTCOMES: dict[str, dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("queue_outcomes.yml").read_text(encoding="utf-8")
)
UNMAPPED = dict.fromkeys(("waiting", "called", "serving"), "closed_by_system")
# A desk is a kind and a number; anything else could be somebody's name and is left out.
_DESK = re.compile(r"(?:[a-z_]{1,20}-)?[0-9]{1,3}")
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,39}")
_SHORTEST_KEY = 8
LANGUAGES = ("fi", "sv", "en", "se")


class Call(NamedTuple):
    """What every event of one payload has."""

    payload: dict[str, Any]
    settings: dict[str, Any]
    event_id: str
    source: str
    point: str
    time: datetime
    precision: str

    def event(self, name: str, data: dict[str, Any], part: str = "") -> dict[str, Any]:
        return event(name, f"{self.event_id}{part}", self.source, self.point, self.time, data, self.precision)


def translate(payload: dict[str, Any], installation: Installation) -> list[dict[str, Any]]:
    """One event a payload; of a logged-out desk or a look at all queues one for each ticket or queue."""
    branch = mapped(payload, "branchId", installation.settings["branches"], "settings.branches")
    source = f"{installation.source.rstrip('/')}{branch['path']}"
    try:
        time, precision = when(payload, "timestamp", installation.time_zone)
        event_id = identity(payload, "eventId")
        return list(
            _events(
                Call(payload, installation.settings, event_id, source, branch["point"], time, precision), branch["path"]
            )
        )
    except NotTranslated as problem:
        raise NotTranslated(str(problem), source, branch["point"]) from problem


def _events(call: Call, path: str) -> Iterator[dict[str, Any]]:
    payload = call.payload
    kind = required(payload, "eventType", str)
    if kind == "TICKET_CREATED":
        yield call.event("queue.ticket_issued", _issued(call))
    elif kind == "CHECKED_IN":
        agency = _queue(call, "queueId").get("agency") if payload.get("queueId") is not None else None
        yield call.event(
            "queue.checked_in", _ticket(payload) | {"booking_key": _key(payload, "appointmentId"), "agency": agency}
        )
    elif kind in ("CALLED", "RECALLED"):
        desk = {"desk_id": _desk(payload), "call_no": optional(payload, "callNumber", int)}
        yield call.event(f"queue.{kind.lower()}", _ticket(payload) | desk)
    elif kind in ("SERVING_STARTED", "HELD", "RESUMED"):
        name = {"SERVING_STARTED": "service_started", "HELD": "service_held", "RESUMED": "service_resumed"}[kind]
        yield call.event(f"queue.{name}", _ticket(payload) | {"desk_id": _desk(payload), "service_mode": _mode(call)})
    elif kind == "TRANSFERRED":
        yield call.event("queue.transferred", _transferred(call))
    elif kind in ("SERVED", "RETURNED", "ENDED"):
        outcome = {"SERVED": "NORMAL", "RETURNED": "RECYCLE"}.get(kind) or required(payload, "outcome", str)
        yield _ended(call, payload, outcome)
    elif kind == "DESK_LOGGED_OUT":
        for number, ticket in enumerate(required(payload, "openTickets", list), 1):
            yield _ended(
                call, {**_object(ticket, "openTickets"), "deskId": payload.get("deskId")}, "LOGOUT", f":{number}"
            )
    elif kind == "QUEUES_OBSERVED":
        for number, queue in enumerate(required(payload, "queues", list), 1):
            yield call.event("queue.observed", _observed(call, _object(queue, "queues")), f":{number}")
    elif kind == "STATUS":
        yield call.event("device.heartbeat", _status(payload, path))
    else:
        raise NotTranslated("eventType: an unknown one: see docs/adapters.md for those this adapter knows")


def _issued(call: Call) -> dict[str, Any]:
    payload, queue = call.payload, _queue(call, "queueId")
    kinds = call.settings.get("ticket_types", {})
    language = optional(payload, "language", str)
    service = optional(payload, "serviceId", str)
    return _ticket(payload) | {
        "visit_key": _key(payload, "visitId"),
        "queue_code": queue["queue_code"],
        "agency": queue["agency"],
        "service_code": call.settings.get("services", {}).get(service, queue.get("service_code")),
        "access": queue.get("access") or ("booked" if payload.get("appointmentId") is not None else "walk_in"),
        "purpose": mapped(payload, "ticketType", kinds, "settings.ticket_types")
        if "ticketType" in payload
        else "service",
        "language": None if language is None else language[:2] if language[:2] in LANGUAGES else "other",
        "booking_key": _key(payload, "appointmentId"),
        "chained_from": _key(payload, "previousTicketId"),
        "party_size": optional(payload, "partySize", int),
        "stop_id": optional(payload, "stopId", str),
    }


def _ended(call: Call, ticket: dict[str, Any], outcome: str, part: str = "") -> dict[str, Any]:
    """The end of a ticket by the table of outcomes; one that no table lists is kept, with its code."""
    table = {**OUTCOMES, **call.settings.get("outcomes", {})}
    rule = table.get(outcome, UNMAPPED)
    state = (optional(ticket, "state", str) or "serving").lower()
    if state not in UNMAPPED:
        raise NotTranslated("state: an unknown one: send WAITING, CALLED or SERVING")
    end = rule.get(state, "closed_by_system")
    if end == "transferred":
        return call.event("queue.transferred", _transferred(call, rule.get("to_queue")), part)
    if end in ("left", "no_show") and state != "serving":
        return call.event("queue.abandoned" if end == "left" else "queue.no_show", _ticket(ticket), part)
    data = {
        "desk_id": _desk(ticket),
        "end_state": end,
        "time_inaccurate": optional(ticket, "timeInaccurate", bool) or rule.get("time_inaccurate") or None,
        "unmapped_outcome": None if outcome in table else outcome if _CODE.fullmatch(outcome) else "unreadable",
    }
    return call.event("queue.service_ended", _ticket(ticket) | data, part)


def _transferred(call: Call, pool: str | None = None) -> dict[str, Any]:
    to_queue = {"queue_code": pool} if pool is not None else _queue(call, "toQueueId")
    reasons = call.settings.get("transfer_reasons", {})
    reason = mapped(call.payload, "reason", reasons, "settings.transfer_reasons") if "reason" in call.payload else None
    return _ticket(call.payload) | {
        "to_queue_code": to_queue["queue_code"], "to_agency": to_queue.get("agency"), "reason": reason
    }  # fmt: skip


def _observed(call: Call, queue: dict[str, Any]) -> dict[str, Any]:
    codes = mapped(queue, "queueId", call.settings["queues"], "settings.queues")
    return {
        "agency": codes["agency"],
        "queue_code": codes["queue_code"],
        "waiting_count": optional(queue, "waiting", int),
        "open_desk_count": optional(queue, "openDesks", int),
        "last_called": optional(queue, "lastCalled", str),
        "announced_wait_minutes": optional(queue, "announcedWaitMinutes", int),
    }


def _status(payload: dict[str, Any], path: str) -> dict[str, Any]:
    return {
        "device_id": path.rsplit("/", 1)[1],
        "device_kind": "queue",
        "firmware": optional(payload, "version", str),
        "buffered_events": optional(payload, "bufferedEvents", int),
        "clock_offset_ms": optional(payload, "clockOffsetMs", int),
    }


def _queue(call: Call, name: str) -> dict[str, Any]:
    queue: dict[str, Any] = mapped(call.payload, name, call.settings["queues"], "settings.queues")
    return queue


def _mode(call: Call) -> str | None:
    if call.payload.get("serviceMode") is None:
        return None
    return str(mapped(call.payload, "serviceMode", call.settings.get("service_modes", {}), "settings.service_modes"))


def _ticket(payload: dict[str, Any]) -> dict[str, Any]:
    identity(payload, "ticketId")
    return {"ticket_key": _key(payload, "ticketId")}


def _key(payload: dict[str, Any], name: str) -> str | None:
    """The system's own reference, never the printed number; a short one is lengthened, as keys have 8 characters."""
    if payload.get(name) is None:
        return None
    key = identity(payload, name)
    return key if len(key) >= _SHORTEST_KEY else f"reference-{key}"


def _desk(payload: dict[str, Any]) -> str | None:
    if payload.get("deskId") is None:
        return None
    desk = identity(payload, "deskId")
    return desk if _DESK.fullmatch(desk) else None


def _object(value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise NotTranslated(f"{name}: not an array of objects: send one object each")
    return value
