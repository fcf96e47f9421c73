"""The extra client: the same contract on librdkafka (confluent-kafka), several times faster; the gateway's."""

import asyncio
import functools
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import confluent_kafka

from infra.errors import ActionNeeded
from infra.services import kafka_bootstrap_servers
from infra.settings import Settings
from ingest.kafka_client import (
    LOST_OFFSETS,
    SAME_NAME,
    SESSION_TIMEOUT_MS,
    Acknowledged,
    Fetched,
    Message,
    NotAcknowledged,
    StartAt,
    batches,
    uninterrupted,
)

POLL_SECONDS = 0.002


def produce(settings: Settings, messages: Iterable[Message], acknowledged: Acknowledged) -> None:
    failures: list[Any] = []

    def delivered(message: Message, error: Any, record: Any) -> None:
        if error is not None:
            failures.append(error)
        else:
            acknowledged(message, record.timestamp()[1])

    producer = confluent_kafka.Producer(
        {
            "bootstrap.servers": kafka_bootstrap_servers(settings),
            "enable.idempotence": True,
            "linger.ms": 20,
            "message.timeout.ms": 60_000,
            "queue.buffering.max.kbytes": 8 * 1024**2,  # a batch of the largest events
            "partitioner": "murmur2_random",  # as kafka-python does: a point's events share a partition
        }
    )
    try:
        for batch in batches(messages, 5000):
            for message in batch:
                producer.produce(
                    message.topic,
                    key=message.key,
                    value=message.value,
                    on_delivery=functools.partial(delivered, message),
                )
            _flush(producer)
            if failures:
                raise _stopped(failures[0])
    finally:  # whatever stopped it: what still arrives counts
        _flush(producer)


def _flush(producer: confluent_kafka.Producer) -> None:
    remaining = 1
    while remaining:
        with uninterrupted():
            remaining = producer.flush(1)


class LibrdkafkaConsumer:
    def __init__(self, settings: Settings, topics: list[str], worker: str, start_at: StartAt) -> None:
        self._topics = topics
        self._start_at = start_at
        self._consumer = confluent_kafka.Consumer(
            {
                "bootstrap.servers": kafka_bootstrap_servers(settings),
                "group.id": f"{settings.deployment.topic_prefix}.loader",
                "group.instance.id": worker,
                "session.timeout.ms": SESSION_TIMEOUT_MS,
                "heartbeat.interval.ms": 1000,
                "enable.auto.commit": False,
                "auto.offset.reset": "error",
                "queued.max.messages.kbytes": 65536,
                "fetch.queue.backoff.ms": 5,
            }
        )
        self._consumer.subscribe(topics, on_assign=self._assign)

    def poll(self, max_records: int, timeout_seconds: float) -> list[Fetched]:
        fetched: dict[tuple[str, int], Fetched] = {}
        try:
            messages = self._consumer.consume(max_records, timeout_seconds)
        except confluent_kafka.KafkaException as error:
            raise _stopped(error.args[0]) from error
        for message in messages:
            if message.error() is not None:
                raise _stopped(message.error())
            place = (str(message.topic()), int(message.partition() or 0))
            batch = fetched.get(place)
            if batch is None:
                batch = fetched[place] = Fetched(*place, [], [], [])
            batch.offsets.append(int(message.offset() or 0))
            batch.timestamps_ms.append(message.timestamp()[1])
            batch.values.append(message.value() or b"")
        return list(fetched.values())

    def seek_assigned(self) -> None:
        self._assign(self._consumer, self._consumer.assignment())

    def end_offsets(self) -> dict[tuple[str, int], int]:
        return {place: high for place, (_, high) in self._watermarks().items()}

    def beginning_offsets(self) -> dict[tuple[str, int], int]:
        return {place: low for place, (low, _) in self._watermarks().items()}

    def close(self) -> None:
        self._consumer.close()

    def _assign(self, consumer: Any, partitions: list[Any]) -> None:
        for partition in partitions:
            partition.offset = self._start_at(partition.topic, partition.partition)
        consumer.assign(partitions)

    def _watermarks(self) -> dict[tuple[str, int], tuple[int, int]]:
        described = self._consumer.list_topics(timeout=10).topics
        return {
            (topic, number): self._consumer.get_watermark_offsets(
                confluent_kafka.TopicPartition(topic, number), timeout=10
            )
            for topic in self._topics
            for number in described[topic].partitions
        }


def _stopped(error: Any) -> ActionNeeded:
    if error.code() in (confluent_kafka.KafkaError._AUTO_OFFSET_RESET, confluent_kafka.KafkaError.OFFSET_OUT_OF_RANGE):
        return ActionNeeded(LOST_OFFSETS.format(error.str()))
    if error.code() in (confluent_kafka.KafkaError.FENCED_INSTANCE_ID, confluent_kafka.KafkaError._FATAL):
        return ActionNeeded(SAME_NAME)
    return ActionNeeded(f"Kafka: {error.str()}: is it started (pulssi up)?")


class LibrdkafkaProducer:
    """Sends from within an event loop; a send is done when all in-sync replicas have its messages.

    Belongs to one event loop: delivery reports are served in it, so *acknowledged* is never called from elsewhere.
    Messages outlive their send: what Kafka confirms too late for the sender is still *acknowledged*, and counted.
    """

    def __init__(self, settings: Settings, acknowledged: Acknowledged, timeout_seconds: float) -> None:
        self._acknowledged = acknowledged
        self._timeout_seconds = timeout_seconds
        self._in_flight = 0
        self._is_late = False
        self._polling: asyncio.TimerHandle | None = None
        self._producer = confluent_kafka.Producer(
            {
                "bootstrap.servers": kafka_bootstrap_servers(settings),
                "enable.idempotence": True,  # with it, acks=all
                "linger.ms": 2,
                "message.timeout.ms": 60_000,
                "partitioner": "murmur2_random",  # as kafka-python does: a point's events share a partition
            }
        )

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
        self._producer.poll(0)
        if self._in_flight:
            self._polling = asyncio.get_running_loop().call_later(POLL_SECONDS, self._poll_again)

    def _poll_again(self) -> None:
        self._polling = None
        self._poll()
