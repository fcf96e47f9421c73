"""The events of a request: structured, binary, batch, or one a line."""

from typing import Any, NamedTuple
from urllib.parse import unquote

import orjson
from starlette.datastructures import Headers

from ingest.gateway.answers import Refusal

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
LINES = "application/x-ndjson"
BINARY = "application/json"
_OTHER_NAMES = {"application/ndjson": LINES, "application/jsonl": LINES}


class Unreadable(NamedTuple):
    """A line that is not JSON."""

    line: int
    column: int


def media_type(headers: Headers) -> str:
    """Which of the four ways the request comes; refused (415) before its body is read when it is none of them."""
    if headers.get("content-encoding", "identity") != "identity":
        raise Refusal(415, "content_encoding", "send the body uncompressed", field="Content-Encoding")
    name, *parameters = (part.strip().lower() for part in headers.get("content-type", "").split(";"))
    if any(part.startswith("charset=") and part[8:].strip('"') not in ("utf-8", "us-ascii") for part in parameters):
        raise Refusal(415, "charset", "send the body in UTF-8", field="Content-Type")
    name = _OTHER_NAMES.get(name, name)
    if name in (STRUCTURED, BATCH, LINES) or (name == BINARY and "ce-specversion" in headers):
        return name
    raise Refusal(
        415,
        "content_type",
        f"send {STRUCTURED}, {BATCH}, {LINES}, or {BINARY} with ce-specversion and the other ce- headers",
        field="Content-Type",
        value=name[:100],
    )


def events_of(kind: str, headers: Headers, body: bytes) -> list[Any]:
    """The values that should be events, each still to be judged."""
    if kind == LINES:
        return [_line(number, line) for number, line in enumerate(body.split(b"\n"), 1) if line.strip()]
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise Refusal(400, "not_json", f"the body is not JSON in UTF-8 ({place})") from error
    if kind == STRUCTURED:
        return [content]
    if kind == BINARY:
        return [_from_headers(headers) | {"data": content}]
    if not isinstance(content, list):
        raise Refusal(400, "not_an_array", "a batch is a JSON array of events")
    return content


def _line(number: int, line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return Unreadable(number, error.colno)


def _from_headers(headers: Headers) -> dict[str, Any]:
    """The attributes of an event in binary mode; their values are percent-encoded UTF-8."""
    attributes: dict[str, Any] = {"datacontenttype": BINARY}
    for name, value in headers.items():
        if not name.startswith("ce-"):
            continue
        if name[3:] in ("data", "datacontenttype", *attributes):
            raise Refusal(400, "header", f"{name}: send it once, and the payload in the body", field=name)
        try:
            attributes[name[3:]] = unquote(value, errors="strict")
        except UnicodeDecodeError as error:
            raise Refusal(400, "header", f"{name}: not percent-encoded UTF-8", field=name) from error
    return attributes
