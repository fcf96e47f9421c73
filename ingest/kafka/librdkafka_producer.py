"""The gateway's producer, on librdkafka: from within one event loop, idempotent, and opened again when it must be."""

import asyncio
import functools
import logging
import time
from collections.abc import Callable, Sequence
from typing import Any

import confluent_kafka

from infra.services import librdkafka_connection
from infra.settings import Settings
from ingest.kafka.client import Acknowledged, Message, NotAcknowledged

log = logging.getLogger(__name__)

POLL_SECONDS = 0.002
RETIRED_SECONDS = 60.0


class LibrdkafkaProducer:
    """Sends from within an event loop; a send is done when all in-sync replicas have its messages.

    Belongs to one event loop: delivery reports are served in it, so *acknowledged* is never called from elsewhere.
    Messages outlive their send and are tried until Kafka has them, each once: what it confirms too late for the sender
    is still *acknowledged*, and counted, however long Kafka was away.
    """

    def __init__(self, settings: Settings, acknowledged: Acknowledged, timeout_seconds: float) -> None:
        self.reopened_count = 0
        self._settings = settings
        self._acknowledged = acknowledged
        self._timeout_seconds = timeout_seconds
        self._in_flight = 0
        self._is_late = False
        self._polling: asyncio.TimerHandle | None = None
        self._producer = _open(settings)
        self._retired: list[tuple[confluent_kafka.Producer, float]] = []

    async def send(self, messages: Sequence[Message]) -> None:
        """Raises NotAcknowledged when Kafka has not confirmed all: some may have arrived, or may yet."""
        if self._is_late and self._in_flight:
            raise NotAcknowledged("Kafka has yet to confirm earlier messages")
        finished = asyncio.get_running_loop().create_future()
        remaining, failure = len(messages), None

        def delivered(message: Message, error: Any, record: Any) -> None:
            nonlocal remaining, failure
            self._in_flight -= 1
            remaining -= 1
            if error is None:
                self._is_late = False
                self._acknowledged(message, record.timestamp()[1])
            else:
                failure = error.str()
            if not remaining and not finished.done():
                finished.set_result(failure)

        self._produce(messages, delivered)
        if messages:
            await self._confirmed(finished)

    def _produce(self, messages: Sequence[Message], delivered: Callable[[Message, Any, Any], None]) -> None:
        try:
            for message in messages:
                self._producer.produce(
                    message.topic,
                    key=message.key,
                    value=message.value,
                    on_delivery=functools.partial(delivered, message),
                )
                self._in_flight += 1
        except (BufferError, confluent_kafka.KafkaException) as error:
            if _is_fatal(error):
                self._open_again(error)
            raise NotAcknowledged(str(error)) from error
        finally:
            self._poll()

    async def _confirmed(self, finished: "asyncio.Future[str | None]") -> None:
        try:
            problem = await asyncio.wait_for(finished, self._timeout_seconds)
        except TimeoutError as error:
            self._is_late = True
            raise NotAcknowledged(f"not confirmed within {self._timeout_seconds:g} s") from error
        if problem is not None:
            raise NotAcknowledged(problem)

    def answers(self, timeout_seconds: float) -> bool:
        """Whether a broker answers; blocks, so ask from a thread."""
        try:
            return bool(self._producer.list_topics(timeout=timeout_seconds).brokers)
        except confluent_kafka.KafkaException:
            return False

    async def close(self, timeout_seconds: float = 10) -> None:
        """Wait for what is under way."""
        until = time.monotonic() + timeout_seconds
        while self._in_flight and time.monotonic() < until:
            await asyncio.sleep(POLL_SECONDS)

    def _poll(self) -> None:
        """Serve delivery reports every two milliseconds while there are some to come."""
        if self._polling is not None:
            return
        try:
            self._producer.poll(0)
        except confluent_kafka.KafkaException as error:  # librdkafka tells a fatal error here, and only once
            self._open_again(error)
        self._poll_retired()
        if self._in_flight:
            self._polling = asyncio.get_running_loop().call_later(POLL_SECONDS, self._poll_again)

    def _poll_again(self) -> None:
        self._polling = None
        self._poll()

    def _open_again(self, error: Exception) -> None:
        """Go on with a new producer: after a fatal error, such as a broker that lost its memory of us, no retry helps.

        The old one is asked until it has told the fate of all its messages: those that Kafka has are counted, those
        that it has not are answered 503, and sent again by the device.
        """
        log.error("Kafka's producer is opened again: %s", error)
        self._producer.purge(in_queue=True, in_flight=False, blocking=False)
        self._retired.append((self._producer, time.monotonic() + RETIRED_SECONDS))
        self._producer = _open(self._settings)
        self._is_late = False
        self.reopened_count += 1

    def _poll_retired(self) -> None:
        for each in list(self._retired):
            producer, until = each
            if time.monotonic() > until:
                producer.purge(in_queue=True, in_flight=True, blocking=False)
            try:
                producer.poll(0)
            except confluent_kafka.KafkaException as error:
                log.debug("of a producer that is no longer used: %s", error)
            if not len(producer):
                self._retired.remove(each)


def _open(settings: Settings) -> confluent_kafka.Producer:
    return confluent_kafka.Producer(
        {
            **librdkafka_connection(settings),
            "enable.idempotence": True,  # with it, acks=all
            "linger.ms": 2,
            "message.timeout.ms": 0,  # none: one given up might be in Kafka, and would not be counted
            "reconnect.backoff.max.ms": 1000,
            "log_level": 2,  # critical; that no broker answers is told by /readyz, not line by line
            "partitioner": "murmur2_random",  # as kafka-python does: a point's events share a partition
        }
    )


def _is_fatal(error: Exception) -> bool:
    """librdkafka's word for all that follows a fatal error is _FATAL; the first has its own code and the mark."""
    told = error.args[0] if error.args else None
    return isinstance(told, confluent_kafka.KafkaError) and (
        told.fatal() or told.code() == confluent_kafka.KafkaError._FATAL
    )
