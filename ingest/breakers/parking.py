"""The parking topic: where the events of a source wait while its breaker is open, each found by its offset there."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import confluent_kafka

from infra.errors import ActionNeeded
from infra.services import librdkafka_connection
from infra.settings import BreakerLimits, Settings
from ingest.kafka import client as kafka_client

ANSWER_SECONDS = 30.0
LARGEST_BYTES = 2 * 1024**2  # whatever an inbound topic took, and its headers


class ToPark(NamedTuple):
    """A record that is to wait: where it came from, and its bytes."""

    topic: str
    partition: int
    offset: int
    source: str
    received_at: datetime
    value: bytes


class Place(NamedTuple):
    """Where a record lies in the parking topic."""

    topic_id: str
    partition: int
    offset: int


class Parking:
    """Reaches Kafka only when there is something to park or to fetch."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._topic = kafka_client.topic_name(settings, "parked")
        self._producer: Any = None
        self._consumer: Any = None
        self.limits: BreakerLimits = settings.deployment.breaker

    def park(self, records: Sequence[ToPark]) -> list[tuple[Any, ...]]:
        """Send records to the topic; the rows of ops.parked_event, once all in-sync replicas have them."""
        if not records:
            return []
        places: dict[int, Place] = {}
        topic_id = self._identity()
        if self._producer is None:
            self._producer = confluent_kafka.Producer(
                self._client("message.max.bytes", LARGEST_BYTES) | {"enable.idempotence": True, "linger.ms": 5}
            )
        failures: list[str] = []

        def delivered(number: int, error: Any, message: Any) -> None:
            if error is not None:
                failures.append(error.str())
            else:
                places[number] = Place(topic_id, message.partition(), message.offset())

        for number, record in enumerate(records):
            self._send(record, lambda error, message, number=number: delivered(number, error, message))
        if self._producer.flush(ANSWER_SECONDS) or failures:
            why = failures[0] if failures else "no answer"
            raise ActionNeeded(f"Kafka did not take what is to be parked in {self._topic}: {why}: is it started?")
        return [(*record[:5], *places[number]) for number, record in enumerate(records)]

    def fetch(self, places: Sequence[Place]) -> dict[Place, bytes]:
        """The bytes that lie at *places*; without those that the topic no longer has."""
        topic_id = self._identity()
        found: dict[Place, bytes] = {}
        for partition in sorted({place.partition for place in places}):
            wanted = {
                place.offset: place for place in places if (place.topic_id, place.partition) == (topic_id, partition)
            }
            if wanted:
                found |= {wanted[offset]: value for offset, value in self._read(partition, wanted)}
        return found

    def close(self) -> None:
        if self._consumer is not None:
            self._consumer.close()

    def _send(self, record: ToPark, delivered: Any) -> None:
        headers = {"topic": record.topic, "partition": str(record.partition), "offset": str(record.offset)}
        while True:
            try:
                self._producer.produce(
                    self._topic, key=record.source.encode(), value=record.value, headers=headers, on_delivery=delivered
                )
            except BufferError:  # the queue is full: wait until some are delivered
                self._producer.poll(0.1)
            else:
                return

    def _read(self, partition: int, wanted: dict[int, Place]) -> list[tuple[int, bytes]]:
        if self._consumer is None:
            settings = {"enable.auto.commit": False, "auto.offset.reset": "error"}
            self._consumer = confluent_kafka.Consumer(self._client("group.id", f"{self._topic}.reader") | settings)
        low, high = self._consumer.get_watermark_offsets(
            confluent_kafka.TopicPartition(self._topic, partition), timeout=ANSWER_SECONDS
        )
        offsets = sorted(offset for offset in wanted if low <= offset < high)
        if not offsets:
            return []
        self._consumer.assign([confluent_kafka.TopicPartition(self._topic, partition, offsets[0])])
        found: dict[int, bytes] = {}
        following = offsets[0]
        while following <= offsets[-1]:
            messages = self._consumer.consume(min(10_000, offsets[-1] + 1 - following), ANSWER_SECONDS)
            if not messages:
                raise ActionNeeded(f"Kafka does not give back what is parked in {self._topic}: is it started?")
            for message in messages:
                if message.error() is not None:
                    raise ActionNeeded(f"{self._topic}: {message.error().str()}")
                following = message.offset() + 1
                if message.offset() in wanted:
                    found[message.offset()] = message.value() or b""
        self._consumer.unassign()
        return sorted(found.items())

    def _identity(self) -> str:
        """The id of the topic, made when it is missing: kept as long as parked events may wait, not as the others."""
        configs = {
            "retention.ms": str(self._settings.deployment.parked_days * 24 * 3600 * 1000),
            "max.message.bytes": str(LARGEST_BYTES),
        }
        return kafka_client.ensure_topics(self._settings, [self._topic], configs)[self._topic].topic_id

    def _client(self, name: str, value: Any) -> dict[str, Any]:
        return {**librdkafka_connection(self._settings), name: value}
