"""What the events of each family must have shown before an installation goes live."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from ingest.conformance.clock_checks import is_in_double_hour
from ingest.conformance.id_checks import retries
from ingest.conformance.recording import Sent


class Recording(NamedTuple):
    """The valid events of one family, beside all valid ones."""

    events: list[Sent]
    everything: list[Sent]
    zone: ZoneInfo


Shown = Callable[[Recording], bool]


@dataclass(frozen=True, slots=True)
class Case:
    """*applies* leaves out what a system of that kind cannot show."""

    code: str
    text: str
    is_shown: Shown
    applies: Shown = lambda _: True


def cases_of(family: str) -> list[Case]:
    return [*_OF_FAMILY.get(family, []), *(_EVERYWHERE if family not in _BY_HAND else _EVERYWHERE[:1])]


def _some(event_type: str, **data: Any) -> Shown:
    return lambda recording: any(sent.has(event_type, **data) for sent in recording.events)


def _all_of(*shown: Shown) -> Shown:
    return lambda recording: all(each(recording) for each in shown)


def _any_of(*shown: Shown) -> Shown:
    return lambda recording: any(each(recording) for each in shown)


def _is_retried(recording: Recording) -> bool:
    return bool(retries(recording.events))


def _came_late(recording: Recording) -> bool:
    """An event sent after one of the same source that happened later: kept while offline."""
    last: dict[str, Any] = {}
    seen: set[tuple[str, str]] = set()
    for sent in recording.events:
        key = (sent.source, sent.fields["id"])
        if key not in seen and sent.source in last and sent.occurred_at < last[sent.source]:
            return True
        seen.add(key)
        last[sent.source] = max(last.get(sent.source, sent.occurred_at), sent.occurred_at)
    return False


def _has_both_autumn_hours(recording: Recording) -> bool:
    return {0, 1} <= {is_in_double_hour(sent, recording.zone) for sent in recording.events}


def _has_seconds(recording: Recording) -> bool:
    return any(sent.fields.get("timeprecision", "second") in ("second", "minute") for sent in recording.events)


def _has_both_ends_of_a_scale(recording: Recording) -> bool:
    values: dict[str, set[str]] = {}
    for sent in recording.events:
        for answer in sent.data.get("answers", []):
            values.setdefault(answer["scale_code"], set()).add(str(answer["raw_value"]))
    return bool(values) and all(len(found) >= 2 for found in values.values())


def _has_heartbeat(recording: Recording) -> bool:
    """Every source of the family is one whose heartbeats are in the recording, or lies above such a one."""
    beating = {sent.source for sent in recording.everything if sent.has("device.heartbeat")}
    sources = {sent.source for sent in recording.events}
    return bool(sources) and all(any(f"{beat}/".startswith(f"{source}/") for beat in beating) for source in sources)


def _is_of_device(recording: Recording) -> bool:
    return any(sent.data.get("mode") == "device" for sent in recording.events)


def _has_other_letters(recording: Recording) -> bool:
    texts = [str(sent.data.get("text", "")) for sent in recording.events]
    return any(not text.isascii() and ("ä" in text or "ö" in text) for text in texts)


def _only_observes(recording: Recording) -> bool:
    return bool(recording.events) and all(sent.has("queue.observed") for sent in recording.events)


def _keeps_tickets(recording: Recording) -> bool:
    return not _only_observes(recording)


def _whole_visit(recording: Recording) -> bool:
    needed = {"queue.ticket_issued", "queue.called", "queue.service_started", "queue.service_ended"}
    shown: dict[Any, set[str]] = {}
    for sent in recording.events:
        shown.setdefault(sent.data.get("ticket_key"), set()).add(sent.event_type)
    return any(needed <= types for types in shown.values())


def _beats_for_an_hour(recording: Recording) -> bool:
    times = sorted(sent.occurred_at for sent in recording.events if sent.has("device.heartbeat"))
    longest = max((after - before for before, after in pairwise(times)), default=None)
    return longest is not None and (times[-1] - times[0]).total_seconds() >= 3600


def _kept_and_sent(recording: Recording) -> bool:
    buffered = [sent.data.get("buffered_events", 0) for sent in recording.events if sent.has("device.heartbeat")]
    return any(before > 0 for before in buffered) and any(after == 0 for after in buffered)


def _refers_to_an_event(recording: Recording) -> bool:
    known = {(sent.source, sent.fields["id"]) for sent in recording.everything}
    named = {(sent.data["ref_source"], sent.data["ref_id"]) for sent in recording.events}
    return bool(named) and named <= known


def _is_nil(recording: Recording) -> bool:
    return any(sent.data.get("lodged_count") == sent.data.get("statement_count") == 0 for sent in recording.events)


_BY_HAND = ("complaint", "staff_survey", "observation", "survey", "incident", "advice", "correction")
_HEARTBEAT = "heartbeats (device.heartbeat) of each of its sources, in the same recording"
_EVERYWHERE = [
    Case("retry", "an event sent twice with the same id and content, as after a lost answer", _is_retried),
    Case("late", "an event kept while the network was away, sent after later ones", _came_late),
    Case(
        "autumn_hour",
        "an event in each of the two equal hours when clocks go back (set a test clock to the last Sunday of October)",
        _has_both_autumn_hours,
        _has_seconds,
    ),
]
_OF_FAMILY = {
    "feedback": [
        Case("scale", "at least two values of every scale, the lowest and the highest", _has_both_ends_of_a_scale),
        Case(
            "letters",
            "a text with ä or ö, in UTF-8",
            _has_other_letters,
            lambda recording: any("text" in sent.data for sent in recording.events),
        ),
        Case(
            "swedish",
            "an answer given in Swedish (language sv)",
            _some("feedback.given", language="sv"),
            _some("feedback.given", language=...),
        ),
        Case("heartbeat", _HEARTBEAT, _has_heartbeat, _is_of_device),
    ],
    "queue": [
        Case(
            "visit",
            "a ticket from ticket_issued over called and service_started to service_ended",
            _whole_visit,
            _keeps_tickets,
        ),
        Case("recall", "a ticket called a second time (recalled)", _some("queue.recalled"), _keeps_tickets),
        Case(
            "left",
            "a customer who does not come when called, or leaves (no_show or abandoned)",
            _any_of(_some("queue.no_show"), _some("queue.abandoned")),
            _keeps_tickets,
        ),
        Case("transfer", "a ticket sent on to another queue (transferred)", _some("queue.transferred"), _keeps_tickets),
        Case(
            "closing",
            "a ticket that the system itself closes (service_ended with end_state closed_by_system)",
            _some("queue.service_ended", end_state="closed_by_system"),
            _keeps_tickets,
        ),
        Case(
            "booked",
            "a ticket of a customer with an appointment (access booked, with booking_key)",
            _some("queue.ticket_issued", access="booked", booking_key=...),
            _keeps_tickets,
        ),
        Case(
            "empty",
            "a queue in which nobody waits (waiting_count 0)",
            _some("queue.observed", waiting_count=0),
            _only_observes,
        ),
        Case("heartbeat", _HEARTBEAT, _has_heartbeat),
    ],
    "booking": [
        Case("created", "an appointment that is made (created)", _some("booking.created")),
        Case("changed", "an appointment that is moved (changed, with the new slot_start)", _some("booking.changed")),
        Case("cancelled", "an appointment that is cancelled", _some("booking.cancelled")),
        Case("slots", "free times as customers see them (slots_observed)", _some("booking.slots_observed")),
        Case(
            "no_slots",
            "no free time at all (slots_observed with free_count 0)",
            _some("booking.slots_observed", free_count=0),
        ),
    ],
    "session": [
        Case("session", "a session from started to ended", _all_of(_some("session.started"), _some("session.ended"))),
        Case(
            "help",
            "help that is asked for and comes (help_requested, help_arrived)",
            _all_of(_some("session.help_requested"), _some("session.help_arrived")),
        ),
        Case("fault", "a device that fails (fault, with fault_code)", _some("session.fault")),
        Case("heartbeat", _HEARTBEAT, _has_heartbeat),
    ],
    "device": [
        Case("hour", "heartbeats over an hour at least", _beats_for_an_hour),
        Case("offline", "a time offline: buffered_events above 0, and 0 again when all is sent", _kept_and_sent),
    ],
    "correction": [
        Case("amended", "an event that is put right (amended)", _some("correction.amended")),
        Case("withdrawn", "an event that is taken back (withdrawn)", _some("correction.withdrawn")),
        Case(
            "reference",
            "corrections whose ref_source and ref_id name events of the same recording",
            _refers_to_an_event,
        ),
    ],
    "incident": [
        Case(
            "incident",
            "an incident reported, and later resolved",
            _all_of(_some("incident.reported"), _some("incident.resolved")),
        ),
    ],
    "survey": [Case("invited", "how many were invited to a survey (invited)", _some("survey.invited"))],
    "complaint": [Case("nil", "a period without complaints, as an event with zeros", _is_nil)],
    "advice": [
        Case("logged", "advice given (logged)", _some("advice.logged")),
    ],
}
