"""The extra client: the same contract on librdkafka (confluent-kafka), several times faster."""

import functools
from collections.abc import Iterable
from typing import Any

import confluent_kafka

from infra.errors import ActionNeeded
from infra.services import librdkafka_connection
from infra.settings import Settings
from ingest.kafka.client import (
    LOST_OFFSETS,
    SAME_NAME,
    SESSION_TIMEOUT_MS,
    Acknowledged,
    Fetched,
    Message,
    StartAt,
    batches,
    uninterrupted,
)


def produce(settings: Settings, messages: Iterable[Message], acknowledged: Acknowledged) -> None:
    failures: list[Any] = []

    def delivered(message: Message, error: Any, record: Any) -> None:
        if error is not None:
            failures.append(error)
        else:
            acknowledged(message, record.timestamp()[1])

    producer = confluent_kafka.Producer(
        {
            **librdkafka_connection(settings),
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
                **librdkafka_connection(settings),
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
