"""Where topics end now: by it one knows whether all that was sent until then is loaded."""

from collections.abc import Iterable

import kafka
import kafka.errors
import psycopg
from kafka.structs import TopicPartition

from infra.services import kafka_connection
from infra.settings import Settings
from ingest.kafka.client import unreachable

Ends = dict[str, dict[str, int]]  # topic, partition, offset after its last record: as JSON keeps them


def read_ends(settings: Settings, topics: Iterable[str]) -> Ends:
    """The ends of *topics*, those of topics that do not exist left out. Raises ActionNeeded."""
    try:
        consumer = kafka.KafkaConsumer(**kafka_connection(settings), group_id=None, enable_auto_commit=False)
    except kafka.errors.KafkaError as error:
        raise unreachable(settings, error) from error
    try:
        places = [
            TopicPartition(topic, partition)
            for topic in topics
            for partition in sorted(consumer.partitions_for_topic(topic) or ())
        ]
        ends: Ends = {}
        for place, offset in consumer.end_offsets(places).items():
            ends.setdefault(place.topic, {})[str(place.partition)] = offset
    except kafka.errors.KafkaError as error:
        raise unreachable(settings, error) from error
    finally:
        consumer.close()
    return ends


def are_loaded(connection: psycopg.Connection, ends: Ends) -> bool:
    """Whether the loaders have stored everything before *ends*."""
    rows = connection.execute("select topic, kafka_partition, max(next_offset) from ops.kafka_offset group by 1, 2")
    stored = {(topic, str(partition)): following for topic, partition, following in rows}
    return all(
        stored.get((topic, partition), 0) >= offset
        for topic, partitions in ends.items()
        for partition, offset in partitions.items()
    )
