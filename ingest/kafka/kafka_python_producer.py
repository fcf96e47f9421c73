"""Producing by kafka-python."""

from collections.abc import Iterable
from typing import Any

import kafka
import kafka.errors

from infra.services import kafka_connection
from infra.settings import Settings
from ingest.kafka.client import Acknowledged, Message, batches, uninterrupted, unreachable


def produce(settings: Settings, messages: Iterable[Message], acknowledged: Acknowledged) -> None:
    try:
        producer = kafka.KafkaProducer(
            **kafka_connection(settings),
            acks="all",
            enable_idempotence=True,
            linger_ms=20,
            batch_size=256 * 1024,
        )
    except kafka.errors.KafkaError as error:
        raise unreachable(settings, error) from error
    sent: list[tuple[Message, Any]] = []
    try:
        for batch in batches(messages, 5000):
            for message in batch:
                with uninterrupted():
                    sent.append((message, producer.send(message.topic, key=message.key, value=message.value)))
            for _, future in sent:
                future.get(timeout=60)
            _count_arrived(sent, acknowledged)
    except kafka.errors.KafkaError as error:
        raise unreachable(settings, error) from error
    finally:  # whatever stopped it: what has still arrived counts
        producer.close(timeout=10)
        _count_arrived(sent, acknowledged)


def _count_arrived(sent: list[tuple[Message, Any]], acknowledged: Acknowledged) -> None:
    with uninterrupted():
        for message, future in sent:
            if future.succeeded():
                acknowledged(message, future.value.timestamp)
        sent.clear()
