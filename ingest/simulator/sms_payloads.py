"""What an SMS provider would send for simulated invitations and answers, in words that a customer might use."""

from typing import Any

from ingest.adapters.adapter import Installation

_WORDS: dict[str, dict[int | str, tuple[str, ...]]] = {
    "fi": {
        1: ("1", "ykkönen", "1/5"),
        2: ("2", "kakkonen"),
        3: ("3", "kolme", "annan kolmosen"),
        4: ("4", "nelonen", "neljä", "4/5"),
        5: ("5", "vitonen", "viisi", "5!", "⭐⭐⭐⭐⭐"),
        "resolved": ("Kyllä", "joo", "Sain asian hoidettua", "hoitui", "👍"),
        "filed": ("Sain asian vireille", "vireillä", "hakemus jätetty"),
        "neither": ("ei", "En saanut asiaa hoidettua", "Ei kumpaakaan"),
    },
    "sv": {
        1: ("1", "etta"),
        2: ("2", "två"),
        3: ("3", "trea"),
        4: ("4", "fyra"),
        5: ("5", "fem", "femma"),
        "resolved": ("Ja", "jag fick ärendet uträttat"),
        "filed": ("ärendet är anhängigt", "ansökan inlämnad"),
        "neither": ("nej", "ingetdera", "jag fick inte ärendet uträttat"),
    },
    "en": {
        1: ("1", "one"),
        2: ("2", "two"),
        3: ("3", "three"),
        4: ("4", "four"),
        5: ("5", "five", "5/5"),
        "resolved": ("yes", "resolved", "got it done"),
        "filed": ("filed", "I submitted the application"),
        "neither": ("no", "neither"),
    },
}


def sms_payload(event: dict[str, Any], name: str, _installation: Installation) -> dict[str, Any] | None:
    """The provider's payload; an event of another kind has none."""
    data = event["data"]
    callback = {"survey": name, "point": event.get("subject"), "language": data.get("language")}
    told = {"messageId": event["id"], "from": "+358401234567", "to": "16400"}
    if event["type"] == "fi.pulssi.survey.invited.v1":
        # Counted by the provider: it says so a month at a time, and of nobody.
        visited = {"visitedOn": f"{data['period']}-01", "service": data.get("service_code")}
        counted = {"event": "message.sent", "messageId": event["id"], "sentAt": event["time"], "count": data["count"]}
        return counted | {"callback": _without_none(callback | visited)}
    if event["type"] == "fi.pulssi.survey.stopped.v1":
        stop = {"event": "message.received", "receivedAt": event["time"], "text": "STOP"}
        return told | stop | {"callback": _without_none(callback)}
    if event["type"] != "fi.pulssi.feedback.given.v1":
        return None
    language = data.get("language")
    replies = [
        {"question": answer["question_code"], "text": _words(answer["raw_value"], language, event["id"])}
        for answer in data["answers"]
    ]
    replies += [{"question": "comment", "text": data["text"]}] if "text" in data else []
    visited = {"visitedOn": data.get("visited_on")}
    received = {"event": "message.received", "receivedAt": event["time"], "replies": replies}
    return told | received | {"callback": _without_none(callback | visited)}


def _words(value: int | str, language: str | None, event_id: str) -> str:
    """One of the ways to say it, always the same for an event."""
    said = _WORDS.get(language or "fi", _WORDS["fi"])[value]
    return said[sum(event_id.encode()) % len(said)]


def _without_none(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
