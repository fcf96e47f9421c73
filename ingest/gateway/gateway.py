"""One request for events, from its token to the acknowledgement of Kafka."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from infra.settings import Settings
from ingest.contracts import families, read_contracts
from ingest.gateway.answers import Refusal, response
from ingest.gateway.bodies import BATCH, LINES, events_of, media_type
from ingest.gateway.books import Books
from ingest.gateway.judging import Judge, Judgement
from ingest.gateway.limits import Bucket, Limits
from ingest.gateway.metrics import Metrics
from ingest.gateway.tokens import Token
from ingest.kafka import client as kafka_client
from ingest.kafka.client import Message, NotAcknowledged

KAFKA_CHECK_SECONDS = 1.0
RETRY_SECONDS = 5
_ENDS_CONNECTION = {"Connection": "close"}  # the rest of a body that is not wanted is not read either


Take = Callable[[Request], Awaitable[Response]]
Also = Callable[[Judgement], Sequence[Message]]


class Gateway:
    """What all requests share. Raises ActionNeeded when Kafka does not answer at the start."""

    def __init__(self, settings: Settings, limits: Limits) -> None:
        self.settings = settings
        self._limits = replace(limits, burst_events=max(limits.burst_events, limits.batch_events))
        self.contracts = read_contracts()
        topics = [kafka_client.topic_name(settings, family) for family in families(self.contracts)]
        kafka_client.ensure_topics(settings, topics)
        self.metrics = Metrics()
        self.books = Books(settings, self.metrics.uncounted.set)
        self._judge = Judge(settings, self.contracts, limits.json_depth)
        self._buckets: dict[int, Bucket] = {}
        self._requests_at_once = 0
        self._kafka_answers = False
        self._producer: kafka_client.AcknowledgingProducer | None = None

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Connected to Kafka and PostgreSQL; at the end, what is under way is waited for and counted."""
        self._producer = kafka_client.open_producer(self.settings, self.books.acknowledged)
        stopping = asyncio.Event()
        keeping = asyncio.create_task(self.books.keep(stopping))
        watching = asyncio.create_task(self._watch_kafka(self._producer, stopping))
        try:
            yield
        finally:
            await self._producer.close()
            stopping.set()
            await asyncio.gather(keeping, watching)

    def readiness(self) -> dict[str, bool]:
        return {"kafka": self._kafka_answers, "postgresql": self.books.are_current()}

    async def answer(self, request: Request, take: Take) -> Response:
        """What *take* answers, or why it refused; timed and counted, whatever comes."""
        started = time.monotonic()
        self._requests_at_once += 1
        self.metrics.at_once.set(self._requests_at_once)
        try:
            if self._requests_at_once > self._limits.requests_at_once:
                raise _come_again("busy", "more requests at once than the gateway takes")
            answer = await take(request)
        except Refusal as refusal:
            self.metrics.refused.labels(refusal.code).inc()
            answer = response(refusal.status, refusal.content, refusal.headers)
        finally:
            self._requests_at_once -= 1
            self.metrics.at_once.set(self._requests_at_once)
        self.metrics.requests.labels(answer.status_code).inc()
        self.metrics.seconds.observe(time.monotonic() - started)
        return answer

    async def take_events(self, request: Request) -> Response:
        """POST /v1/events."""
        now = datetime.now(UTC)
        token = self.token(request, now)
        kind = media_type(request.headers)
        items = events_of(kind, request.headers, await self.body(request))
        self.spend(token, len(items))
        judgement = await self.deliver(items, token, now)
        return answered(judgement, is_batch=kind in (BATCH, LINES))

    async def deliver(
        self, items: Sequence[Any], token: Token, received_at: datetime, also: Also | None = None
    ) -> Judgement:
        """Judge *items*, send those that are accepted, and what *also* makes of it, and count what became of them.

        Returns when Kafka has all. Raises Refusal when nothing of it may be taken, or not all is confirmed (503).
        """
        judgement = self._judge.judge(items, token, received_at)
        await self._send([*judgement.messages, *(also(judgement) if also else ())])
        for outcome, count in judgement.counts().items():
            if count:
                self.metrics.events.labels(token.name, outcome).inc(count)
        for reason in judgement.reasons:
            self.metrics.rejected.labels(token.name, reason).inc()
        return judgement

    def token(self, request: Request, now: datetime) -> Token:
        """The token that the request shows, in force. Refuses others (401)."""
        scheme, _, secret = request.headers.get("authorization", "").partition(" ")
        token = self.books.token(secret.strip()) if scheme.lower() == "bearer" else None
        if token is None or token.expires_at <= now:
            code = "no_token" if not scheme else "unknown_token" if token is None else "expired_token"
            raise Refusal(
                401,
                code,
                "send the header Authorization: Bearer <token> with a token that pulssi tokens issue gave",
                headers={"WWW-Authenticate": "Bearer"} | _ENDS_CONNECTION,
            )
        self.books.used(token, now)
        return token

    def spend(self, token: Token, events: int) -> None:
        """Take the cost of a request from the token's rate. Refuses too many events (422) and too fast ones (429)."""
        if events > self._limits.batch_events:
            fix = f"send at most {self._limits.batch_events} events in a request"
            raise Refusal(422, "too_many_events", fix, value=events)
        bucket = self._buckets.get(token.token_id)
        if bucket is None:
            bucket = self._buckets[token.token_id] = Bucket(self._limits.events_per_second, self._limits.burst_events)
        if seconds := bucket.take(max(1, events)):
            raise Refusal(
                429,
                "too_fast",
                f"send at most {self._limits.events_per_second:g} events a second: wait {seconds} s, send it again",
                headers={"Retry-After": str(seconds)},
            )

    async def body(self, request: Request) -> bytes:
        """The whole body, unless it is too large or takes too long."""
        declared = request.headers.get("content-length", "0")
        parts: list[bytes] = []
        size = int(declared) if declared.isdigit() else 0
        if size <= self._limits.body_bytes:
            size = 0
            try:
                async with asyncio.timeout(self._limits.request_seconds):
                    async for part in request.stream():
                        size += len(part)
                        if size > self._limits.body_bytes:
                            break
                        parts.append(part)
            except TimeoutError as error:
                fix = f"send the whole body within {self._limits.request_seconds:g} s"
                raise Refusal(408, "too_slow", fix, headers=_ENDS_CONNECTION) from error
            except ClientDisconnect as error:
                raise Refusal(400, "disconnected", "send the whole body") from error
        if size > self._limits.body_bytes:
            fix = f"send at most {self._limits.body_bytes} bytes in a request: split the batch"
            raise Refusal(413, "too_large", fix, headers=_ENDS_CONNECTION)
        return b"".join(parts)

    async def _send(self, messages: Sequence[Message]) -> None:
        assert self._producer is not None, "requests come while the gateway is running"
        try:
            await self._producer.send(messages)
        except NotAcknowledged as problem:
            raise _come_again("kafka_away", "not confirmed by Kafka") from problem

    async def _watch_kafka(self, producer: kafka_client.AcknowledgingProducer, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            self._kafka_answers = await asyncio.to_thread(producer.answers, 2.0)
            self.metrics.reopened.set(producer.reopened_count)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), KAFKA_CHECK_SECONDS)


def _come_again(code: str, why: str) -> Refusal:
    fix = f"{why}: send the whole request again after {RETRY_SECONDS} s; what has got in is known again by its id"
    return Refusal(503, code, fix, headers={"Retry-After": str(RETRY_SECONDS)})


def answered(judgement: Judgement, is_batch: bool) -> Response:
    """200 when nothing was rejected, 207 when some of a batch was, 422 when all was."""
    counts = judgement.counts()
    content: dict[str, Any] = {**counts, "events": judgement.answers}
    if not counts["rejected"]:
        return response(200, content)
    return response(207 if is_batch and counts["rejected"] < len(judgement.answers) else 422, content)
