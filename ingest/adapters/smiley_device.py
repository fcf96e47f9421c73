"""Smiley devices: presses, answers to follow-up questions, free texts and signs of life of one vendor's devices.

The vendor tells local time without offset, and guesses age and gender: those fields are never read.
"""

from datetime import datetime, timedelta
from typing import Any

from ingest.adapters.adapter import Installation, NotTranslated
from ingest.adapters.payloads import event, identity, mapped, moment, optional, required

FAMILY = "feedback"
NO_ANSWER = ("exit", "skip", "timeout")  # how a customer leaves a step of the survey without answering it
_TWICE = timedelta(hours=1)


def translate(payload: dict[str, Any], installation: Installation) -> list[dict[str, Any]]:
    """One event a payload; none where the customer went past a question without an answer."""
    device_id = identity(payload, "smileyId")
    device = mapped(payload, "smileyId", installation.settings["devices"], "settings.devices")
    source = f"{installation.source.rstrip('/')}{device['path']}"
    try:
        return _events(payload, installation, device_id, device, source)
    except NotTranslated as problem:
        raise NotTranslated(str(problem), source, device["point"]) from problem


def misfit(settings: dict[str, Any]) -> str | None:
    """A device whose buttons have no raw values: each of its presses would be set aside."""
    scales = settings["scales"]
    for name, device in settings["devices"].items():
        if device["scale"] not in scales:
            field, known = f"settings.devices.{name}.scale", ", ".join(scales)
            return f"{field} is {device['scale']!r}: give one of settings.scales, {known}"
    return None


def _events(
    payload: dict[str, Any], installation: Installation, device_id: str, device: dict[str, Any], source: str
) -> list[dict[str, Any]]:
    occurred_at, precision = _time(payload, installation, device)
    kind = optional(payload, "type", str) or "button"
    if kind == "status":
        status = {
            "device_id": device.get("device_id", device_id),
            "device_kind": "feedback",
            "firmware": optional(payload, "firmware", str),
            "buffered_events": optional(payload, "queuedFeedbacks", int),
            "clock_offset_ms": optional(payload, "clockOffsetMs", int),
        }
        status_id = identity(payload, "statusId")
        return [event("device.heartbeat", status_id, source, device["point"], occurred_at, status, precision)]
    if optional(payload, "ui", str) in NO_ANSWER:
        return []
    data: dict[str, Any] = {
        "mode": device.get("mode", "device"),
        "answers": _answers(payload, kind, installation, device),
        "agency": device.get("agency", "not_attributable"),
        "placement": device.get("placement"),
        "misuse": optional(payload, "misuse", bool) or None,
        "text": required(payload, "text", str) if kind == "text" else None,
    }
    return [event("feedback.given", _id(payload), source, device["point"], occurred_at, data, precision)]


def _id(payload: dict[str, Any]) -> str:
    """The vendor's id, the same when it sends again; the steps of one survey share it and differ by their position."""
    position = optional(payload, "position", int)
    return f"{identity(payload, 'feedbackId')}:{position}" if position else identity(payload, "feedbackId")


def _answers(
    payload: dict[str, Any], kind: str, installation: Installation, device: dict[str, Any]
) -> list[dict[str, Any]]:
    if kind == "button":
        scale, index = device["scale"], required(payload, "buttonIndex", int)
        values = installation.settings["scales"].get(scale, [])
        if not 0 <= index < len(values):
            raise NotTranslated(f"buttonIndex: not a button of {scale}: correct settings.devices or settings.scales")
        return [_answer(device.get("question", "overall"), device.get("question_version", 1), scale, values[index])]
    if kind == "followup":
        setting = "settings.questions"
        question = mapped(payload, "followupQuestionId", installation.settings.get("questions", {}), setting)
        value = mapped(payload, "followupOptionId", question["options"], f"{setting}.<question>.options")
        return [_answer(question["question"], question.get("version", 1), question["scale"], value)]
    if kind == "text":
        return []
    raise NotTranslated("type: an unknown one: this adapter knows button, followup, text and status")


def _answer(question: str, version: int, scale: str, value: Any) -> dict[str, Any]:
    return {"question_code": question, "question_version": version, "scale_code": scale, "raw_value": value}


def _time(payload: dict[str, Any], installation: Installation, device: dict[str, Any]) -> tuple[datetime, str]:
    """When, and how precisely: devices that send by text message tell the hour only.

    Of the two equal hours of autumn the upload, in UTC, tells which it was where only one is possible; else the first
    is taken, with the precision hour, which keeps the event out of every measure of minutes.
    """
    told = moment(payload, "localTime", installation.time_zone)
    precision = "hour" if device.get("link") == "sms" else "second"
    if not told.is_ambiguous:
        return told.instant, precision
    uploaded_at = payload.get("uploadedAt")
    second = told.instant.replace(fold=1)
    if uploaded_at is not None:
        uploaded = moment(payload, "uploadedAt", installation.time_zone).instant
        if uploaded.timestamp() < second.timestamp():
            return told.instant, precision
        if optional(payload, "buffered", bool) is False and uploaded.timestamp() - second.timestamp() < _TWICE.seconds:
            return second, precision
    return told.instant, "hour"
