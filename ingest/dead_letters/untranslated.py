"""A vendor's payload that no adapter could translate: the record it is kept as, until that is mended."""

import base64
import re
import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

import orjson

from ingest.scrub.scrub import scrub

REASON = "not_translated"
LONGEST_REASON = 300
_TYPE = re.compile(r"fi\.pulssi\.[a-z_]+\.untranslated\.v1")
_RECORDS = uuid.uuid5(uuid.NAMESPACE_URL, "urn:pulssi:untranslated")


def record_of(
    installation: str,
    family: str,
    source: str,
    subject: str | None,
    payload: Any,
    reason: str,
    received_at: datetime,
    points: Collection[str] | None = None,
) -> dict[str, Any]:
    """The record of *payload*: JSON, or the bytes of a body that is none. The same payload has the same id.

    *points* are those its sender may send about, where they are limited: a translation may be about no other.
    """
    kept = {"body": base64.b64encode(payload).decode()} if isinstance(payload, bytes) else {"payload": payload}
    content = orjson.dumps(kept, option=orjson.OPT_SORT_KEYS).decode()
    record: dict[str, Any] = {
        "specversion": "1.0",
        "id": str(uuid.uuid5(_RECORDS, f"{installation}\0{content}")),
        "source": source,
        "type": f"fi.pulssi.{family}.untranslated.v1",
        "time": received_at.isoformat(),
        "receivedtime": received_at.isoformat(),
        "data": {"installation": installation, "reason": reason[:LONGEST_REASON], **kept},
    }
    if points is not None:
        record["data"]["points"] = sorted(points)
    if subject is not None:
        record["subject"] = subject
    return record


def reason_of(content: dict[str, Any]) -> str | None:
    """Why the payload in a record was not translated; None when the content is no such record."""
    if not isinstance(content.get("type"), str) or not _TYPE.fullmatch(content["type"]):
        return None
    data = content.get("data")
    reason = data.get("reason") if isinstance(data, dict) else None
    # Anybody inside the network can write a record: what it says is shown only without what may be about a person.
    return scrub(reason[:LONGEST_REASON]) if isinstance(reason, str) else "payload: not said why"


def payload_of(record: bytes) -> tuple[str, Any, list[str] | None]:
    """The installation's name, the payload (JSON, or the bytes of a body that was none), and its sender's points."""
    data = orjson.loads(record)["data"]
    payload = base64.b64decode(data["body"]) if "body" in data else data["payload"]
    return data["installation"], payload, data.get("points")
