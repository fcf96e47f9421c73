"""SMS provider: invitations to a survey, delivery reports, and what people answer.

No phone number and no name is read: every payload goes through without_person first, whatever becomes of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ingest.adapters.adapter import Installation, NotTranslated
from ingest.adapters.payloads import event, identity, mapped, moment, optional, required
from ingest.adapters.sms_provider_privacy import LONGEST_TEXT, without_person
from ingest.sms_answers.answers import Answer, Question, Reading, read_answers

FAMILY = "feedback"
LANGUAGES = ("fi", "sv", "en", "se")
STATUSES = {
    "delivered": "delivered",
    **dict.fromkeys(("failed", "undelivered", "undeliverable", "expired", "rejected"), "failed"),
    **dict.fromkeys(("accepted", "sent", "pending", "buffered", "enroute"), "pending"),
}


@dataclass(frozen=True, slots=True)
class _Sent:
    """A cleaned payload, and the survey, source and point that it belongs to."""

    payload: dict[str, Any]
    callback: dict[str, Any]
    survey: dict[str, Any]
    source: str
    subject: str | None
    installation: Installation

    def event(self, name: str, event_id: str, time_field: str, data: dict[str, Any]) -> dict[str, Any]:
        told = moment(self.payload, time_field, self.installation.time_zone)
        precision = "day" if "count" in self.payload else "hour" if told.is_ambiguous else "second"
        return event(name, event_id, self.source, self.subject, told.instant, data, precision)


def translate(payload: dict[str, Any], installation: Installation) -> list[dict[str, Any]]:
    """Invitations, answers and wishes for no more as events; none for a report that an invitation arrived."""
    cleaned = without_person(payload)
    callback = cleaned.get("callback", {})
    source, subject = installation.source, None
    try:
        survey = _survey(callback, installation)
        source = installation.source.rstrip("/") + survey.get("path", "")
        subject = _point(callback, installation)
        return _events(_Sent(cleaned, callback, survey, source, subject, installation))
    except NotTranslated as problem:
        raise NotTranslated(_told_better(str(problem), payload), source, subject) from problem


def _told_better(problem: str, payload: dict[str, Any]) -> str:
    """A field that was there, but held what is not read, is not missing."""
    name, _, rest = problem.partition(": ")
    if rest.startswith("missing") and payload.get(name) is not None:
        return f"{name}: not in the form that is read: see docs/adapters.md"
    return problem


def _survey(callback: dict[str, Any], installation: Installation) -> dict[str, Any]:
    """The survey that the message belongs to; the only one where none is named."""
    surveys: dict[str, dict[str, Any]] = installation.settings["surveys"]
    if "survey" not in callback and len(surveys) == 1:
        return next(iter(surveys.values()))
    survey: dict[str, Any] = _mapped_callback(callback, "survey", surveys)
    return survey


def _point(callback: dict[str, Any], installation: Installation) -> str | None:
    if "point" not in callback:
        return None
    points = installation.settings.get("points")
    return _mapped_callback(callback, "point", points) if points else str(callback["point"])


def _mapped_callback(callback: dict[str, Any], name: str, codes: dict[str, Any]) -> Any:
    try:
        return mapped(callback, name, codes, f"settings.{name}s")
    except NotTranslated as problem:
        raise NotTranslated(f"callback.{problem}") from problem


def _events(sent: _Sent) -> list[dict[str, Any]]:
    kind = required(sent.payload, "event", str)
    if kind == "message.sent":
        return [_invited(sent)]
    if kind == "message.status":
        return _reported(sent)
    if kind == "message.received":
        return _answered(sent)
    raise NotTranslated("event: an unknown one: this adapter knows message.sent, message.status and message.received")


def _invited(sent: _Sent) -> dict[str, Any]:
    """One invitation, or as many as the provider counts of one day."""
    message_id = identity(sent.payload, "messageId")
    data = {
        "mode": "sms",
        "agency": sent.survey["agency"],
        "service_code": optional(sent.callback, "service", str) or sent.survey.get("service_code"),
        "count": sent.payload.get("count", 1),
        "period": required(sent.callback, "visitedOn", str)[:7],
        "invitation_key": None if "count" in sent.payload else message_id,
    }
    return sent.event("survey.invited", message_id, "sentAt", data)


def _reported(sent: _Sent) -> list[dict[str, Any]]:
    """An invitation that never arrived is withdrawn: who did not get it did not leave it unanswered."""
    status = required(sent.payload, "status", str).lower()
    statuses = STATUSES | sent.installation.settings.get("statuses", {})
    if mapped({"status": status}, "status", statuses, "settings.statuses") != "failed":
        return []
    message_id = identity(sent.payload, "messageId")
    data = {"ref_source": sent.source, "ref_id": message_id, "reason": "source_updated", "who_role": "system"}
    return [sent.event("correction.withdrawn", f"{message_id}:failed", "sentAt", data)]


def _answered(sent: _Sent) -> list[dict[str, Any]]:
    message_id, invitation = identity(sent.payload, "messageId"), optional(sent.payload, "pairedMessageId", str)
    readings = _readings(sent.payload, sent.survey)
    language = optional(sent.callback, "language", str)
    events = []
    if given := [reading for reading in readings if reading.kind != "stop"]:
        data = {
            "mode": "sms",
            "answers": [_answer(answer, sent.survey) for answer in _told(given)],
            "service_kind": sent.survey.get("service_kind", "authority"),
            "agency": sent.survey["agency"],
            "language": language if language in LANGUAGES else "other" if language else None,
            "visited_on": optional(sent.callback, "visitedOn", str),
            "text": "\n".join(reading.text for reading in given if reading.text)[:LONGEST_TEXT] or None,
            "invitation_key": invitation,
        }
        events.append(sent.event("feedback.given", message_id, "receivedAt", data))
    if len(given) < len(readings):
        data = {"mode": "sms", "agency": sent.survey["agency"], "invitation_key": invitation}
        stop_id = f"{message_id}:stop" if given else message_id
        events.append(sent.event("survey.stopped", stop_id, "receivedAt", data))
    return events


def _readings(payload: dict[str, Any], survey: dict[str, Any]) -> list[Reading]:
    """What the message says; of a conversation what each reply says to its own question."""
    questions = {one["question"]: Question(one["question"], one["scale"]) for one in survey["questions"]}
    replies = optional(payload, "replies", list)
    if replies is None:
        return [read_answers(required(payload, "text", str), list(questions.values()))]
    if not replies:
        raise NotTranslated("replies: empty: send at least one reply")
    readings = []
    for reply in replies:
        name, text = required(reply, "question", str), required(reply, "text", str)
        if name not in questions and name != survey.get("comment"):
            raise NotTranslated("replies.question: one that the survey does not list: add it to settings.surveys")
        readings.append(read_answers(text, [questions[name]] if name in questions else []))
    return readings


def _told(readings: Sequence[Reading]) -> list[Answer]:
    """The answers, unclear ones too; but a question that nothing was said about, beside one that was, has no answer."""
    answers = [answer for reading in readings for answer in reading.answers]
    is_any_clear = any(answer.value is not None for answer in answers)
    return [answer for answer in answers if not (is_any_clear and answer.reason == "nothing_recognised")]


def _answer(answer: Answer, survey: dict[str, Any]) -> dict[str, Any]:
    """An unclear answer is kept as a raw value on no scale, which says why: no count takes it for an answer."""
    asked = next(one for one in survey["questions"] if one["question"] == answer.question.code)
    return {
        "question_code": answer.question.code,
        "question_version": asked.get("version", 1),
        "scale_code": answer.question.scale,
        "raw_value": answer.value if answer.value is not None else f"unclear.{answer.reason}",
    }
