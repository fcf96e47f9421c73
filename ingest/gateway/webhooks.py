"""POST /v1/webhooks/{installation}: a vendor's own payloads, translated here, then taken as events are.

A vendor does not send again what was refused: a payload that cannot be translated is kept, and answered 2xx.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

import orjson
from fastapi import FastAPI, Request, Response
from pydantic import BaseModel

from ingest.adapters.adapter import Installation, NotTranslated, adapter_of, translate
from ingest.adapters.payloads import payloads_of
from ingest.dead_letters.untranslated import record_of
from ingest.gateway.answers import Problem, Refusal, response
from ingest.gateway.gateway import Gateway
from ingest.gateway.judging import Judgement, Origin
from ingest.gateway.tokens import Token
from ingest.kafka.client import LARGEST_BYTES, Message, topic_name

RECEIVED_TIME = "pulssi-received-time"


class PayloadAnswer(BaseModel):
    """What became of one payload: *events* are the ids of what it was translated to, *fix* why it was set aside."""

    index: int
    outcome: Literal["accepted", "duplicate", "set_aside", "ignored"]
    events: list[str] = []
    fix: str | None = None


class WebhookAnswer(BaseModel):
    """The outcome of each payload of a request, in its order; nothing of it is to be sent again."""

    accepted: int
    duplicate: int
    set_aside: int
    ignored: int
    payloads: list[PayloadAnswer]


@dataclass(slots=True)
class Translated:
    """The events of a request's payloads, whose they are, and why others could not be translated."""

    events: list[dict[str, Any]] = field(default_factory=list)
    owners: list[int] = field(default_factory=list)
    problems: dict[int, NotTranslated] = field(default_factory=dict)


def add_webhooks(app: FastAPI, gateway: Gateway, installations: Mapping[str, Installation]) -> None:
    responses: dict[int | str, dict[str, Any]] = {
        200: {"model": WebhookAnswer, "description": "Kafka has the events of every payload."},
        202: {
            "model": WebhookAnswer,
            "description": "As 200; some payloads are kept until they can be translated.",
        },
        **{status: {"model": Problem} for status in (400, 401, 403, 404, 408, 413, 415, 422, 429, 503)},
    }

    @app.post(
        "/v1/webhooks/{installation}",
        responses=responses,
        summary="Send a vendor's own payloads",
        openapi_extra={
            "security": [{"token": []}],
            "requestBody": {"required": True, "content": {"application/json": {"schema": {}}}},
        },
    )
    async def post_payloads(request: Request, installation: str) -> Response:
        async def take(request: Request) -> Response:
            return await _take(request, gateway, installations.get(installation))

        return await gateway.answer(request, take)


async def _take(request: Request, gateway: Gateway, installation: Installation | None) -> Response:
    now = datetime.now(UTC)
    token = gateway.token(request, now)
    if installation is None:
        raise Refusal(404, "no_installation", "there is no such installation: ask which name the address ends with")
    source = _source_of(installation, token)
    if request.headers.get("content-encoding", "identity") != "identity":
        raise Refusal(415, "content_encoding", "send the body uncompressed", field="Content-Encoding")
    body = await gateway.body(request)
    payloads = payloads_of(body)
    gateway.spend(token, len(payloads))
    trusts = gateway.settings.deployment.trusts_received_time
    received = _received_times(request.headers.get(RECEIVED_TIME) if trusts else None, len(payloads), now)
    translated = _translated(payloads, installation, received if trusts else None)

    def set_aside(judgement: Judgement) -> list[Message]:
        _add_rejected(translated, judgement)
        messages = []
        for index, problem in sorted(translated.problems.items()):
            record = _record(payloads[index], body, problem, installation, source, token, received[index])
            messages.append(_message(gateway, installation, record, received[index] if trusts else None))
        return messages

    judgement = await gateway.deliver(translated.events, token, now, set_aside)
    return _answer(translated, judgement, len(payloads), gateway, token)


def _source_of(installation: Installation, token: Token) -> str:
    """Under which source payloads are counted that say no other: the narrower of the installation's and the token's."""
    if token.covers_source(installation.source):
        return installation.source
    if token.source_prefix.startswith(installation.source.rstrip("/") + "/"):
        return token.source_prefix
    fix = f"this token is for {token.source_prefix}, the installation for {installation.source}: use its own token"
    raise Refusal(403, "foreign_installation", fix)


def _received_times(header: str | None, count: int, now: datetime) -> list[datetime]:
    """When each payload was received: now, or as a trusted caller says, one time for all or one for each."""
    if header is None:
        return [now] * count
    try:
        times = [datetime.fromisoformat(text.strip()) for text in header.split(",")]
    except ValueError:
        times = []
    if len(times) not in (1, count) or any(time.tzinfo is None or not 2000 < time.year < 2100 for time in times):
        fix = "give one RFC 3339 time for all payloads, or one for each, separated by commas"
        raise Refusal(400, "received_time", fix, field="Pulssi-Received-Time")
    return times if len(times) == count else times * count


def _translated(payloads: Sequence[Any], installation: Installation, received: Sequence[datetime] | None) -> Translated:
    translated = Translated()
    for index, payload in enumerate(payloads):
        try:
            events = translate(payload, installation)
        except NotTranslated as problem:
            translated.problems[index] = problem
            continue
        for event in events:
            if received is not None:
                event["receivedtime"] = received[index].isoformat().replace("+00:00", "Z")
            translated.events.append(event)
            translated.owners.append(index)
    return translated


def _add_rejected(translated: Translated, judgement: Judgement) -> None:
    """One rejected event sets its whole payload aside: when it is replayed, the others are known by their ids."""
    for event, owner, answer in zip(translated.events, translated.owners, judgement.answers, strict=True):
        if answer["outcome"] == "rejected" and owner not in translated.problems:
            translated.problems[owner] = NotTranslated(answer["fix"], event.get("source"), event.get("subject"))


def _record(
    payload: Any, body: bytes, problem: NotTranslated, installation: Installation, source: str, token: Token,
    received_at: datetime,
) -> dict[str, Any]:  # fmt: skip
    """What is kept of *payload*; of one that JSON cannot hold again, nested too deep, the whole body."""
    adapter = adapter_of(installation.adapter)
    own = problem.source if problem.source is not None and token.covers_source(problem.source) else source
    subject = problem.subject if problem.subject is not None and token.covers_point(problem.subject) else None
    try:
        orjson.dumps(payload if not isinstance(payload, bytes) else None)
    except orjson.JSONEncodeError:
        payload = body
    kept = adapter.without_person(payload)
    points = token.service_point_ids
    return record_of(installation.name, adapter.family, own, subject, kept, str(problem), received_at, points)


def _message(
    gateway: Gateway, installation: Installation, record: dict[str, Any], received_at: datetime | None
) -> Message:
    value = orjson.dumps(record)
    if len(value) > LARGEST_BYTES - 1000:
        raise Refusal(413, "too_large", f"one payload is larger than {LARGEST_BYTES // 2} bytes: send it in parts")
    topic = topic_name(gateway.settings, adapter_of(installation.adapter).family)
    key = record.get("subject") or record["source"]
    received_date = received_at.astimezone(UTC).date() if received_at else None
    return Message(topic, key.encode(), value, Origin(record["source"], received_date))


def _answer(translated: Translated, judgement: Judgement, count: int, gateway: Gateway, token: Token) -> Response:
    """200 when every payload was translated, 202 when some are set aside: none is to be sent again."""
    outcomes: list[set[str]] = [set() for _ in range(count)]
    payloads: list[dict[str, Any]] = [{"index": index} for index in range(count)]
    for owner, answer in zip(translated.owners, judgement.answers, strict=True):
        outcomes[owner].add(answer["outcome"])
        payloads[owner].setdefault("events", []).append(answer.get("id"))
    counts: Counter[str] = Counter()
    for index, (payload, found) in enumerate(zip(payloads, outcomes, strict=True)):
        if problem := translated.problems.get(index):
            payload |= {"outcome": "set_aside", "fix": str(problem)}
        else:
            payload["outcome"] = next((name for name in ("accepted", "duplicate") if name in found), "ignored")
        counts[payload["outcome"]] += 1
    for outcome in ("set_aside", "ignored"):
        if counts[outcome]:
            gateway.metrics.events.labels(token.name, outcome).inc(counts[outcome])
    totals = {name: counts[name] for name in ("accepted", "duplicate", "set_aside", "ignored")}
    return response(202 if counts["set_aside"] else 200, {**totals, "payloads": payloads})
