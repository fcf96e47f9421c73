"""Reading vendors' payloads field by field, and building events; what cannot be read raises NotTranslated."""

import re
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

import orjson

from ingest.adapters.adapter import Installation, NotTranslated

# Ids must never change: the same payload sent again is known by them.
_PAYLOADS = uuid.uuid5(uuid.NAMESPACE_URL, "urn:pulssi:vendor-payload")
_KINDS = {str: "a text", int: "a whole number", bool: "true or false", dict: "an object", list: "an array"}

_DIGITS = re.compile(r"[0-9]{1,9}")

Kind = TypeVar("Kind", str, int, bool, dict[str, Any], list[Any])


class Moment(NamedTuple):
    """When something happened; *is_ambiguous* when a local time without offset comes twice and this is the first."""

    instant: datetime
    is_ambiguous: bool


def payloads_of(body: bytes) -> list[Any]:
    """What a body holds: one payload, those of an array, or one a line; bytes stay where there is no JSON."""
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        lines = [line for line in body.split(b"\n") if line.strip()]
        return [_json_or_bytes(line) for line in lines] if len(lines) > 1 else [body]
    return content if isinstance(content, list) else [content]


def optional(payload: Mapping[str, Any], name: str, kind: type[Kind]) -> Kind | None:
    """A field of the given kind; None when it is missing or null."""
    value = payload.get(name)
    if value is None:
        return None
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise NotTranslated(f"{name}: not {_KINDS[kind]}: send it as {_KINDS[kind]}")
    return value


def required(payload: Mapping[str, Any], name: str, kind: type[Kind]) -> Kind:
    value = optional(payload, name, kind)
    if value is None:
        raise NotTranslated(f"{name}: missing: send {_KINDS[kind]}")
    return value


def identity(payload: Mapping[str, Any], name: str) -> str:
    """A vendor's reference, a text or a number, as text."""
    value = payload.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise NotTranslated(f"{name}: missing, or not a reference: send a text or a whole number")
    return str(value)


def whole(payload: Mapping[str, Any], name: str) -> int | None:
    """A whole number, also one written as a text, as in the cells of an export; None when it is missing or null."""
    value = payload.get(name)
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        return int(value)
    return optional(payload, name, int)


def mapped(payload: Mapping[str, Any], name: str, codes: Mapping[str, Any], setting: str) -> Any:
    """What the installation's settings say of a vendor's code."""
    code = identity(payload, name)
    if code not in codes:
        raise NotTranslated(f"{name}: a code that {setting} does not list: add it to the installation's file")
    return codes[code]


def moment(payload: Mapping[str, Any], name: str, time_zone: ZoneInfo) -> Moment:
    """An ISO 8601 time; one without offset is local. An hour that the clocks skipped is not a time."""
    text = required(payload, name, str)
    if len(text) < len("2026-10-05T09:15"):
        raise NotTranslated(f"{name}: not a time: send it like 2026-10-05T09:15:00")
    try:
        read = datetime.fromisoformat(text)
        if read.tzinfo is not None:
            return Moment(read, is_ambiguous=False)
        first, second = read.replace(tzinfo=time_zone), read.replace(tzinfo=time_zone, fold=1)
        told_back = first.astimezone(UTC).astimezone(time_zone).replace(tzinfo=None)
    except (ValueError, OverflowError) as error:
        raise NotTranslated(f"{name}: not a time: send it like 2026-10-05T09:15:00") from error
    if told_back != read:
        raise NotTranslated(f"{name}: an hour that the clocks skipped in {time_zone.key}: send times with their offset")
    return Moment(first, is_ambiguous=first.utcoffset() != second.utcoffset())


def when(payload: Mapping[str, Any], name: str, time_zone: ZoneInfo) -> tuple[datetime, str]:
    """When, and how precisely: of a local hour that comes twice the first, good to the hour only."""
    told = moment(payload, name, time_zone)
    return in_zone(told.instant, time_zone), "hour" if told.is_ambiguous else "second"


def in_zone(instant: datetime, time_zone: ZoneInfo) -> datetime:
    """The same instant with the zone's offset where the vendor tells UTC; another offset is the device's own."""
    try:
        return instant if instant.utcoffset() else instant.astimezone(time_zone)
    except OverflowError as error:
        raise NotTranslated("time: not of this century: set the system's clock") from error


def content_id(payload: Mapping[str, Any], installation: Installation, *parts: str) -> str:
    """An id from the payload's content, for vendors that give none: an equal payload has an equal id."""
    content = orjson.dumps(payload, option=orjson.OPT_SORT_KEYS).decode()
    return str(uuid.uuid5(_PAYLOADS, "\0".join([installation.name, *parts, content])))


def event(
    event_type: str,
    event_id: str,
    source: str,
    subject: str | None,
    time: datetime,
    data: dict[str, Any],
    precision: str = "second",
) -> dict[str, Any]:
    """A CloudEvent as POST /v1/events takes it; fields of *data* that are None are left out."""
    content: dict[str, Any] = {
        "specversion": "1.0",
        "id": event_id,
        "source": source,
        "type": f"fi.pulssi.{event_type}.v1",
        "time": time.isoformat(),
        "timeprecision": precision,
        "datacontenttype": "application/json",
        "data": {name: value for name, value in data.items() if value is not None},
    }
    if subject is not None:
        content["subject"] = subject
    return content


def _json_or_bytes(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        return line
