"""Requests that hold bad events, or are bad themselves; and records sent past the gateway."""

import urllib.parse
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import orjson
from bad_inputs import Spoiler

from infra.settings import Settings
from ingest.gateway.bodies import BATCH, BINARY, LINES, STRUCTURED
from ingest.produce import send

BATCH_EVENTS = 100
Outcomes = Callable[[Any], Counter[str]]


def of_events(answer: Any) -> Counter[str]:
    return Counter(each["outcome"] for each in answer["events"])


def of_payloads(answer: Any) -> Counter[str]:
    return Counter(each["outcome"] for each in answer["payloads"])


def of_report(answer: Any) -> Counter[str]:
    return Counter({"judged": answer["event_count"]})


def of_page(_: Any) -> Counter[str]:
    return Counter({"served": 1})


@dataclass(frozen=True, slots=True)
class Request:
    """*count* inputs. *is_counted*: the answer must tell of as many; a body may be broken into other numbers."""

    way: str
    content: bytes
    count: int
    outcomes: Outcomes = of_events
    is_counted: bool = True
    may_be_cut_off: bool = False


def requests(spoiler: Spoiler, token: str, narrow: str) -> Iterator[Request]:
    """Without end; by inputs mostly batches, by requests every way about as often."""
    ways = [
        *[partial(_batch, spoiler, token)] * 12,
        *[partial(_lines, spoiler, token)] * 8,
        *[partial(_webhook, spoiler, token)] * 4,
        partial(_batch, spoiler, narrow),
        *[partial(_structured, spoiler, token)] * 4,
        *[partial(_binary, spoiler, token)] * 4,
        partial(_report, spoiler, token),
        partial(_garbage, spoiler, token),
        partial(_bad_headers, spoiler, token),
        partial(_elsewhere, spoiler, token),
        partial(_no_http, spoiler, token),
    ]
    while True:
        yield spoiler.random.choice(ways)()


def straight_to_kafka(settings: Settings, spoiler: Spoiler, count: int) -> int:
    """Records that the gateway never saw, as systems inside the network send them; half of them broken bytes."""

    def records() -> Iterator[bytes]:
        for number in range(count):
            event = spoiler.event()
            yield spoiler.garbled(event) or b"?" if number % 2 else event

    send(settings, (record for record in records() if len(record) < 500_000))
    return count


def _request(token: str, kind: str, body: bytes, path: str = "/v1/events", **headers: str) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: fuzz", f"Authorization: Bearer {token}", f"Content-Type: {kind}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode("latin-1", "replace") + body


def _batch(spoiler: Spoiler, token: str) -> Request:
    """A batch that is JSON: one broken event would hide all others."""
    events: list[bytes] = []
    while len(events) < BATCH_EVENTS:
        event = spoiler.event()
        if _is_json(event):
            events.append(event)
    return Request("batch", _request(token, BATCH, b"[" + b",".join(events) + b"]"), BATCH_EVENTS)


def _lines(spoiler: Spoiler, token: str) -> Request:
    lines = [spoiler.event() for _ in range(BATCH_EVENTS)]
    lines = [spoiler.garbled(line) if spoiler.random.random() < 0.4 else line for line in lines]
    lines = [each for line in lines for each in line.split(b"\n") if each.strip()]
    return Request("lines", _request(token, LINES, b"\n".join(lines)), len(lines))


def _structured(spoiler: Spoiler, token: str) -> Request:
    event = spoiler.event()
    body = spoiler.garbled(event) if spoiler.random.random() < 0.5 else event
    return Request("structured", _request(token, STRUCTURED, body), 1)


def _binary(spoiler: Spoiler, token: str) -> Request:
    event = orjson.loads(spoiler.random.choice(spoiler.templates)) | {"id": spoiler.new_id()}
    data = event.pop("data")
    event.pop("datacontenttype", None)
    spoiler.spoil_value(event if spoiler.random.random() < 0.5 else {"data": data})
    headers = {"ce_specversion": "1.0"}
    for name, value in event.items():
        safe = "".join(letter for letter in name if letter.isalnum() and letter.isascii()) or "x"
        text = str(value)[:2000]
        headers[f"ce_{safe}"] = urllib.parse.quote(text) if spoiler.random.random() < 0.7 else _as_header(text)
    return Request("binary", _request(token, BINARY, spoiler.encoded(data), **headers), 1)


def _webhook(spoiler: Spoiler, token: str) -> Request:
    installation = spoiler.random.choice(sorted(spoiler.payloads))
    payloads = [payload for payload in (spoiler.payload(installation) for _ in range(50)) if _is_json(payload)]
    body = b"[" + b",".join(payloads) + b"]"
    path = f"/v1/webhooks/{installation}"
    return Request("webhook", _request(token, BINARY, body, path), len(payloads), of_payloads)


def _report(spoiler: Spoiler, token: str) -> Request:
    lines = [spoiler.event() for _ in range(20)]
    body = b"\n".join(spoiler.garbled(line) if spoiler.random.random() < 0.2 else line for line in lines)
    return Request("conformance", _request(token, LINES, body, "/v1/conformance"), 20, of_report, is_counted=False)


def _garbage(spoiler: Spoiler, token: str) -> Request:
    kind = spoiler.random.choice([BATCH, LINES, STRUCTURED, BINARY])
    bodies = [
        spoiler.random.randbytes(spoiler.random.randrange(200)),
        b"[" * spoiler.random.randrange(3000),
        spoiler.encoded([spoiler.odd() for _ in range(3)]) if kind == BATCH else b"\x00",
        b"{}" if kind == BATCH else b"[]",
    ]
    body = spoiler.random.choice(bodies)
    return Request("garbage", _request(token, kind, body), 1, is_counted=False)


def _bad_headers(spoiler: Spoiler, token: str) -> Request:
    word = _as_header(spoiler.random.choice([value for value in spoiler.values if isinstance(value, str)])[:300])
    kind, shown, more = STRUCTURED, token, {}
    match spoiler.random.randrange(5):
        case 0:
            kind = word or "text/csv"
        case 1:
            shown = word
        case 2:
            more = {"Content_Encoding": "gzip"}
        case 3:
            kind = f"{STRUCTURED}; charset={word or 'latin-1'}"
        case 4:
            kind, more = BINARY, {"ce_specversion": "1.0", "ce_id": "%FF", "ce_data": word}
    body = spoiler.event()
    return Request("bad headers", _request(shown, kind, body, **more), 1)


def _elsewhere(spoiler: Spoiler, token: str) -> Request:
    paths = [
        "/v1/webhooks/nobody",
        "/v1/webhooks/%00",
        "/v1/contracts/schemas/x.json",
        "/v1/event",
        "/",
        "/%ff",
        "/v1/",
    ]
    path = spoiler.random.choice([*paths, "/v1/contracts/schemas/..%2f..%2fkeys.json", "/v1/" + "a" * 5000])
    content = _request(token, BINARY, b"{}", path)
    if spoiler.random.random() < 0.5:
        content = content.replace(b"POST", spoiler.random.choice([b"PUT", b"DELETE", b"PATCH", b"FUZZ", b"OPTIONS"]), 1)
    return Request("elsewhere", content, 1, of_page, may_be_cut_off=True)


def _no_http(spoiler: Spoiler, token: str) -> Request:
    whole = _request(token, STRUCTURED, b"")
    content = spoiler.garbled(whole[: -len(b"\r\n\r\n")]) + b"\r\n\r\n"
    return Request("no http", content, 1, of_page, is_counted=False, may_be_cut_off=True)


def _is_json(content: bytes) -> bool:
    try:
        orjson.loads(content)
    except orjson.JSONDecodeError:
        return False
    return True


def _as_header(text: str) -> str:
    return "".join(letter for letter in text if " " <= letter <= "~")
