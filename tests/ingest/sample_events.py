"""Builders of CloudEvents for the tests of ingest, with defaults that a test changes by one keyword."""

import json
import uuid
from typing import Any

POINT = "mikkeli"


def uuid7(number: int, milliseconds: int = 1_790_000_000_000) -> str:
    """A UUIDv7 made from *number*: later numbers sort later."""
    value = ((milliseconds + number) << 80) | (0x7 << 76) | (0b10 << 62) | number
    return str(uuid.UUID(int=value))


def event(number: int = 1, **changes: Any) -> dict[str, Any]:
    content: dict[str, Any] = {
        "specversion": "1.0",
        "id": uuid7(number),
        "source": f"/points/{POINT}/devices/d1",
        "type": "fi.pulssi.feedback.given.v1",
        "subject": POINT,
        "time": "2026-10-05T09:15:00+03:00",
        "receivedtime": "2026-10-05T06:15:02Z",
        "datacontenttype": "application/json",
        "data": {
            "mode": "device",
            "answers": [
                {
                    "question_code": "overall",
                    "question_version": 1,
                    "scale_code": "faces_5",
                    "raw_value": number % 5 + 1,
                }
            ],
        },
    }
    content.update(changes)
    return {name: value for name, value in content.items() if value is not None}


def line(number: int = 1, **changes: Any) -> bytes:
    return json.dumps(event(number, **changes)).encode()
