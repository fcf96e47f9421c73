"""What the gateway answers: the outcome of each event, or why a whole request was refused."""

from typing import Any, Literal

import orjson
from pydantic import BaseModel
from starlette.responses import Response


class EventAnswer(BaseModel):
    """What became of one event; field, value and fix only where it was rejected."""

    index: int
    id: str | None = None
    outcome: Literal["accepted", "duplicate", "rejected"]
    code: str | None = None
    field: str | None = None
    value: Any = None
    fix: str | None = None


class Answer(BaseModel):
    """The outcome of each event of a request, in its order."""

    accepted: int
    duplicate: int
    rejected: int
    events: list[EventAnswer]


class Problem(BaseModel):
    """Why nothing of a request was taken."""

    code: str
    fix: str
    field: str | None = None
    value: Any = None


class Refusal(Exception):
    """Refuse the whole request: nothing of it has been sent to Kafka, unless the status is 503."""

    def __init__(self, status: int, code: str, fix: str, **more: Any) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.headers: dict[str, str] = more.pop("headers", {})
        self.content = {"code": code, "fix": fix, **more}


def response(status: int, content: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    return Response(orjson.dumps(content), status, headers, media_type="application/json")
