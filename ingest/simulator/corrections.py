"""Plants what is corrected later: tests that are withdrawn, and mistakes that are amended."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from ingest.simulator.events import Event, Fault, new_event, random_key
from ingest.simulator.parameters import instant

AMENDED_AFTER = 2 * 86400
Corrected = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Correction:
    """One event that was corrected; *sent* and *right* are values of *field*, empty when it was withdrawn."""

    kind: str
    event_id: str
    source: str
    service_point_id: str
    correction_id: str
    field: str
    sent: str
    right: str
    reason: str
    who_role: str
    corrected_at: int


def plant_corrections(
    rng: Random, events: list[Event], faults: Mapping[str, Any], zone: ZoneInfo, recorded: list[Fault]
) -> tuple[list[Event], list[Correction]]:
    """Return the events that are added, the corrections among them; some of *events* are made wrong."""
    added: list[Event] = []
    corrections: list[Correction] = []
    for fault in faults["withdrawn"]:
        subject = next(event.subject for event in events if event.source == fault["source"])
        tests = TESTS[fault["what"]](rng, fault, subject, instant(fault["starts_at"], zone))
        added += tests
        for event in tests:
            withdrawn_at = instant(fault["withdrawn_at"], zone) + len(corrections)
            data = _reference(event, "test_data", "vendor")
            added.append(new_event(rng, "correction.withdrawn", event.source, event.subject, withdrawn_at, data))
            corrections.append(_correction(event, added[-1], "", "", ""))
        _record(recorded, "withdrawn", tests, f"{fault['what']} sent as if real, and withdrawn the day after")
    for fault in faults["amended"]:
        wrong = [event for event in events if event.source == fault["source"] and _can_be_wrong(event, fault["field"])]
        for event in (chosen := rng.sample(wrong, min(fault["count"], len(wrong)))):
            right = event.data[fault["field"]]
            event.data = event.data | {fault["field"]: _wrong(right)}
            reference = _reference(event, "keying_error", "source_owner")
            data = reference | {"replaced": {fault["field"]: right}}
            amended_at = event.received_at + AMENDED_AFTER
            added.append(new_event(rng, "correction.amended", event.source, event.subject, amended_at, data))
            corrections.append(
                _correction(event, added[-1], fault["field"], _short(event.data[fault["field"]]), _short(right))
            )
        _record(recorded, "amended", chosen, f"{fault['field']} wrong at first, amended two days later")
    return added, corrections


def _test_presses(rng: Random, fault: Mapping[str, Any], subject: str, at: int) -> list[Event]:
    """A technician presses the reddest face."""
    answers = [{"question_code": "overall", "question_version": 1, "scale_code": "faces_5", "raw_value": 1}]
    data = {"mode": "device", "answers": answers, "placement": "exit", "agency": "not_attributable"}
    return [
        new_event(rng, "feedback.given", fault["source"], subject, at + 7 * number, deepcopy(data))
        for number in range(fault["count"])
    ]


def _test_tickets(rng: Random, fault: Mapping[str, Any], subject: str, at: int) -> list[Event]:
    """Tickets taken to try the system and called hours later."""
    made = []
    for number in range(fault["count"]):
        key = {"ticket_key": random_key(rng, "tkt")}
        issued = {
            "visit_key": random_key(rng, "vis"), "queue_code": "kunta_walk_in", "agency": "kunta",
            "access": "walk_in", "purpose": "service",
        }  # fmt: skip
        steps: tuple[tuple[str, int, dict[str, Any]], ...] = (
            ("ticket_issued", 0, issued),
            ("called", 7200, {"desk_id": "kunta-1", "call_no": 1}),
            ("service_started", 7230, {"desk_id": "kunta-1", "service_mode": "adviser"}),
            ("service_ended", 7260, {"desk_id": "kunta-1", "end_state": "completed"}),
        )
        made += [
            new_event(rng, f"queue.{name}", fault["source"], subject, at + 60 * number + after, key | data)
            for name, after, data in steps
        ]
    return made


TESTS: Mapping[str, Callable[[Random, Mapping[str, Any], str, int], list[Event]]] = {
    "test_presses": _test_presses,
    "test_tickets": _test_tickets,
}


def _can_be_wrong(event: Event, field: str) -> bool:
    return field in event.data and (field != "purpose" or event.data[field] == "booking_only")


def _wrong(right: Any) -> Any:
    """The opposite face of the first answer, or a visit for a service where it was for a booking."""
    if isinstance(right, str):
        return "service"
    first, *others = deepcopy(right)
    return [first | {"raw_value": 1 if first["raw_value"] > 2 else 5}, *others]


def _short(value: Any) -> str:
    return value if isinstance(value, str) else str(value[0]["raw_value"])


def _reference(event: Event, reason: str, who_role: str) -> dict[str, Any]:
    return {"ref_source": event.source, "ref_id": event.event_id, "reason": reason, "who_role": who_role}


def _correction(event: Event, correction: Event, field: str, sent: str, right: str) -> Correction:
    return Correction(
        kind=correction.event_type.split(".")[1],
        event_id=event.event_id,
        source=event.source,
        service_point_id=event.subject,
        correction_id=correction.event_id,
        field=field,
        sent=sent,
        right=right,
        reason=correction.data["reason"],
        who_role=correction.data["who_role"],
        corrected_at=correction.occurred_at,
    )


def _record(recorded: list[Fault], kind: str, events: list[Event], description: str) -> None:
    instants = [event.occurred_at for event in events] or [0]
    source, subject = (events[0].source, events[0].subject) if events else ("", "")
    recorded.append(Fault(kind, subject, source, min(instants), max(instants) + 1, len(events), description))
