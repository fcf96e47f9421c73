"""What the devices, advisers and guards of a point send about a day: sessions, pop-ups, advice, incidents."""

from collections.abc import Iterator
from datetime import datetime
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from ingest.simulator.events import Event, local_time, new_event, random_key
from ingest.simulator.feedback_messages import answer
from ingest.simulator.parameters import Parameters
from ingest.simulator.run import DayOfPoint
from ingest.simulator.sessions import Session

REASONS = (
    "digital_skills", "no_common_language", "directed_here", "official_language_help", "unsure_or_afraid",
    "many_authorities", "no_equipment", "presence_required", "right_service_not_found", "wants_human",
)  # fmt: skip
REFERRALS = ("online_service", "other_agency", "digital_support", "kela_remote")
BANDS = ((5, "under_5_min"), (15, "5_to_15_min"), (30, "15_to_30_min"), (60, "30_to_60_min"))
AREAS = ("lobby", "waiting_area", "service_desk", "self_service_area", "outdoor", "reception")
MEASURES = ("talked_down", "guard_called", "removed", "police_called", "first_aid")


def session_events(
    rng: Random, happened: DayOfPoint, keys: list[str], parameters: Parameters, zone: ZoneInfo, start: int
) -> Iterator[Event]:
    """The events of every session and the answers to its pop-up, *keys* in the order of the sessions."""
    point = happened.point
    for session, key in zip(happened.sessions, keys, strict=True):
        source = point.installed[session.kind]
        who = {"session_key": key, "kind": session.kind, "device_id": source.rsplit("/", 1)[1]}
        for name, at, data in _steps(session, zone, start):
            yield new_event(rng, f"session.{name}", source, point.service_point_id, start + at, who | data)
        if rng.random() < parameters["popup_share"]:
            popup = f"popup_{session.kind}"
            yield new_event(
                rng, "feedback.given", point.installed[popup], point.service_point_id,
                start + session.ended_at + rng.randint(5, 60), _popup_answer(session, popup),
            )  # fmt: skip


def _steps(session: Session, zone: ZoneInfo, start: int) -> Iterator[tuple[str, int, dict[str, Any]]]:
    agency = {"agency": session.agency}
    yield "started", session.started_at, agency
    if session.help_requested_at is not None:
        yield "help_requested", session.help_requested_at, {}
    if session.help_arrived_at is not None:
        yield "help_arrived", session.help_arrived_at, {}
    if session.fault_at is not None and session.fault_code is not None:
        yield "fault", session.fault_at, agency | {"fault_code": session.fault_code}
    ended: dict[str, Any] = dict(agency)
    if session.connected_at is not None:
        ended |= {
            "connected_at": local_time(start + session.connected_at, zone),
            "interpreting_used": session.has_interpreter,
        }
    yield "ended", session.ended_at, ended


def _popup_answer(session: Session, mode: str) -> dict[str, Any]:
    answers = [
        answer("overall", "rating_5", session.opinion.rating),
        answer("outcome", "outcome_3", session.opinion.outcome),
    ]
    if session.kind == "self_service":
        answers.append(answer("independent_next_time", "yes_no", "yes" if session.would_manage_alone else "no"))
    return {"mode": mode, "answers": answers, "agency": session.agency, "service_kind": "authority"}


def advice_events(rng: Random, happened: DayOfPoint, parameters: Parameters, start: int) -> Iterator[Event]:
    point = happened.point
    for contact in happened.contacts:
        if not contact.is_logged:
            continue
        source, at = point.installed["advice"], start + contact.at + rng.randint(5, 90)
        data: dict[str, Any] = {
            "matter_code": contact.matter,
            "agency": contact.agency,
            "channel": "visit",
            "customer_initiated": contact.is_customer_initiated,
            "level": "demanding" if rng.random() < parameters["demanding_share"] else "basic",
            "duration_band": next((band for limit, band in BANDS if contact.minutes < limit), "over_60_min"),
        }
        if rng.random() < 0.7:
            data["reason_code"] = rng.choice(REASONS)
        if rng.random() < 0.3:
            data["referral_target"] = rng.choice(REFERRALS)
        yield new_event(rng, "advice.logged", source, point.service_point_id, at, data)
        if contact.is_estimated:
            estimate = {
                "score": contact.guidance_score,
                "scale_code": "rating_5",
                "advice_ref": random_key(rng, "adv"),
            }
            yield new_event(
                rng, "advice.guidance_estimated", source, point.service_point_id, at + rng.randint(5, 60), estimate
            )


def incident_events(rng: Random, happened: DayOfPoint, keys: list[str], zone: ZoneInfo, start: int) -> Iterator[Event]:
    """Guards and staff report apart; the staff's report names the guards' one, or uses its reference."""
    point = happened.point
    for incident, incident_key in zip(happened.incidents, keys, strict=True):
        at = start + incident.at
        told = {
            "incident_type": incident.incident_type,
            "severity": incident.severity,
            "location_area": rng.choice(AREAS),
        }
        if incident.by_guards:
            data = told | {
                "incident_key": incident_key,
                "reporter": "guard_company",
                "measures": [rng.choice(MEASURES)],
            }
            yield new_event(
                rng, "incident.reported", point.installed["guards"], point.service_point_id, at, data,
                delay=rng.randint(3600, 40_000), precision="minute",
            )  # fmt: skip
        if incident.by_staff:
            key: dict[str, Any] = {"incident_key": incident_key}
            if incident.by_guards and rng.random() < 0.5:
                key = {"incident_key": random_key(rng, "inc"), "linked_incident_key": incident_key}
            data = told | key | {"reporter": "staff"}
            yield new_event(
                rng, "incident.reported", point.installed["incidents"], point.service_point_id,
                at + rng.randint(0, 300), data, delay=rng.randint(600, 20_000), precision="minute",
            )  # fmt: skip
        if incident.resolved_after is not None:
            resolved_at = at + incident.resolved_after
            source, reporter = ("guards", "guard_company") if incident.by_guards else ("incidents", "staff")
            resolved = {
                "incident_key": incident_key,
                "reporter": reporter,
                "measures": [rng.choice(MEASURES)],
                "resolved_at": datetime.fromtimestamp(resolved_at, zone).isoformat(),
            }
            yield new_event(
                rng, "incident.resolved", point.installed[source], point.service_point_id, resolved_at,
                resolved, delay=rng.randint(600, 20_000), precision="minute",
            )  # fmt: skip
