"""The only module that talks to Kafka: topics, producing, consuming; by kafka-python, or by librdkafka where asked."""

import contextlib
import functools
import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import kafka
import kafka.errors
from kafka.admin import NewTopic
from kafka.structs import TopicPartition

from infra.errors import ActionNeeded
from infra.services import kafka_bootstrap_servers
from infra.settings import Settings

# Partitions come from deployment.yml. LogAppendTime: with the device's time, old events would be deleted at once.
TOPIC_SETTINGS = {
    "message.timestamp.type": "LogAppendTime",
    "retention.ms": str(7 * 24 * 3600 * 1000),
    "max.message.bytes": "1048576",
}
SESSION_TIMEOUT_MS = 10_000


class Message(NamedTuple):
    """What to send; *note* comes back with the acknowledgement."""

    topic: str
    key: bytes | None
    value: bytes
    note: Any


@dataclass(frozen=True, slots=True)
class Fetched:
    """Consecutive records of one partition."""

    topic: str
    partition: int
    offsets: list[int]
    timestamps_ms: list[int]
    values: list[bytes]


@dataclass(frozen=True, slots=True)
class TopicIdentity:
    """A topic made again under its old name has another id: its offsets then mean something else."""

    cluster_id: str
    topic_id: str
    partition_count: int


class Consumer(Protocol):
    """A member of the loaders' consumer group that starts each partition where *start_at* says."""

    def poll(self, max_records: int, timeout_seconds: float) -> list[Fetched]: ...
    def seek_assigned(self) -> None: ...
    def end_offsets(self) -> dict[tuple[str, int], int]: ...
    def beginning_offsets(self) -> dict[tuple[str, int], int]: ...
    def close(self) -> None: ...


StartAt = Callable[[str, int], int]
Acknowledged = Callable[[Message, int], None]


def topic_name(settings: Settings, family: str) -> str:
    return f"{settings.deployment.topic_prefix}.{family}"


def ensure_topics(settings: Settings, topics: Iterable[str]) -> dict[str, TopicIdentity]:
    """Create the topics that are missing; return all with their identity."""
    names = list(topics)
    with _admin(settings) as admin:
        missing = sorted(set(names) - set(admin.list_topics()))
        if missing:
            new = [NewTopic(name, settings.deployment.partitions, -1, topic_configs=TOPIC_SETTINGS) for name in missing]
            with contextlib.suppress(kafka.errors.TopicAlreadyExistsError):  # another process was quicker
                admin.create_topics(new)
        cluster_id = admin.describe_cluster()["cluster_id"]
        return {
            topic["name"]: TopicIdentity(cluster_id, topic["topic_id"], len(topic["partitions"]))
            for topic in admin.describe_topics(names)
        }


def produce(settings: Settings, messages: Iterable[Message], acknowledged: Acknowledged) -> None:
    """Send messages; *acknowledged(message, timestamp_ms)* is called for each that all in-sync replicas have.

    Raises ActionNeeded when Kafka refuses or does not answer: what was acknowledged until then stays.
    """
    send = _produce_with_librdkafka if settings.kafka_client == "librdkafka" else _produce_with_kafka_python
    send(settings, messages, acknowledged)


def open_consumer(settings: Settings, topics: list[str], worker: str, start_at: StartAt) -> Consumer:
    """Join the deployment's loaders as the static member *worker*: it takes over at once from its dead predecessor."""
    cls = LibrdkafkaConsumer if settings.kafka_client == "librdkafka" else KafkaPythonConsumer
    return cls(settings, topics, worker, start_at)


class KafkaPythonConsumer:
    def __init__(self, settings: Settings, topics: list[str], worker: str, start_at: StartAt) -> None:
        self._topics = topics
        self._start_at = start_at
        try:
            self._consumer = kafka.KafkaConsumer(
                bootstrap_servers=kafka_bootstrap_servers(settings),
                group_id=f"{settings.deployment.topic_prefix}.loader",
                group_instance_id=worker,
                session_timeout_ms=SESSION_TIMEOUT_MS,
                heartbeat_interval_ms=1000,
                enable_auto_commit=False,
                auto_offset_reset="none",  # an offset that Kafka no longer has must stop the loader, not move it
                max_poll_records=10_000,
                max_partition_fetch_bytes=8 * 1024**2,
                fetch_max_bytes=64 * 1024**2,
            )
        except kafka.errors.KafkaError as error:
            raise _unreachable(settings, error) from error
        self._consumer.subscribe(topics, listener=_SeekOnAssignment(self.seek_assigned))

    def poll(self, max_records: int, timeout_seconds: float) -> list[Fetched]:
        try:
            records = self._consumer.poll(timeout_ms=int(timeout_seconds * 1000), max_records=max_records)
        except (kafka.errors.OffsetOutOfRangeError, kafka.errors.NoOffsetForPartitionError) as error:
            raise ActionNeeded(_LOST_OFFSETS.format(error)) from error
        except kafka.errors.FencedInstanceIdError as error:
            raise ActionNeeded(_SAME_NAME) from error
        return [
            Fetched(
                partition.topic,
                partition.partition,
                [record.offset for record in batch],
                [record.timestamp for record in batch],
                [record.value or b"" for record in batch],
            )
            for partition, batch in records.items()
        ]

    def seek_assigned(self) -> None:
        for partition in self._consumer.assignment():
            self._consumer.seek(partition, self._start_at(partition.topic, partition.partition))

    def end_offsets(self) -> dict[tuple[str, int], int]:
        return _by_name(self._consumer.end_offsets(self._all_partitions()))

    def beginning_offsets(self) -> dict[tuple[str, int], int]:
        return _by_name(self._consumer.beginning_offsets(self._all_partitions()))

    def close(self) -> None:
        self._consumer.close(autocommit=False)

    def _all_partitions(self) -> list[TopicPartition]:
        return [
            TopicPartition(topic, number)
            for topic in self._topics
            for number in self._consumer.partitions_for_topic(topic) or ()
        ]


class LibrdkafkaConsumer:
    def __init__(self, settings: Settings, topics: list[str], worker: str, start_at: StartAt) -> None:
        import confluent_kafka

        self._kafka = confluent_kafka
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
        except self._kafka.KafkaException as error:
            raise _stopped(self._kafka, error.args[0]) from error
        for message in messages:
            if message.error() is not None:
                raise _stopped(self._kafka, message.error())
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
            (topic, number): self._consumer.get_watermark_offsets(self._kafka.TopicPartition(topic, number), timeout=10)
            for topic in self._topics
            for number in described[topic].partitions
        }


_LOST_OFFSETS = (
    "Kafka no longer has the offset at which loading should continue ({}): events may have been deleted before they "
    "were loaded. Compare pulssi ledger with the sources before you move ops.kafka_offset"
)
_SAME_NAME = "another loader with the same --worker name has taken over: give each process its own name"


class _SeekOnAssignment(kafka.ConsumerRebalanceListener):  # type: ignore[misc] # kafka-python has no types
    def __init__(self, seek: Callable[[], None]) -> None:
        self._seek = seek

    def on_partitions_revoked(self, revoked: object) -> None:
        """Nothing to save: offsets are in PostgreSQL."""

    def on_partitions_assigned(self, assigned: object) -> None:  # noqa: ARG002 - kafka-python's signature
        self._seek()


def _produce_with_kafka_python(settings: Settings, messages: Iterable[Message], acknowledged: Acknowledged) -> None:
    try:
        producer = kafka.KafkaProducer(
            bootstrap_servers=kafka_bootstrap_servers(settings),
            acks="all",
            enable_idempotence=True,
            linger_ms=20,
            batch_size=256 * 1024,
        )
    except kafka.errors.KafkaError as error:
        raise _unreachable(settings, error) from error
    try:
        for batch in _batches(messages, 5000):
            futures = [producer.send(message.topic, key=message.key, value=message.value) for message in batch]
            for message, future in zip(batch, futures, strict=True):
                acknowledged(message, future.get(timeout=60).timestamp)
    except kafka.errors.KafkaError as error:
        raise _unreachable(settings, error) from error
    finally:
        producer.close(timeout=10)


def _produce_with_librdkafka(settings: Settings, messages: Iterable[Message], acknowledged: Acknowledged) -> None:
    import confluent_kafka

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
        }
    )
    for batch in _batches(messages, 5000):
        for message in batch:
            producer.produce(
                message.topic,
                key=message.key,
                value=message.value,
                on_delivery=functools.partial(delivered, message),
            )
        producer.flush()
        if failures:
            raise _stopped(confluent_kafka, failures[0])


def _batches(messages: Iterable[Message], size: int) -> Iterator[list[Message]]:
    remaining = iter(messages)
    while batch := list(itertools.islice(remaining, size)):
        yield batch


@contextlib.contextmanager
def _admin(settings: Settings) -> Iterator[Any]:
    try:
        admin = kafka.KafkaAdminClient(bootstrap_servers=kafka_bootstrap_servers(settings), bootstrap_timeout_ms=5000)
    except kafka.errors.KafkaError as error:
        raise _unreachable(settings, error) from error
    try:
        yield admin
    finally:
        admin.close()


def _by_name(offsets: dict[TopicPartition, int]) -> dict[tuple[str, int], int]:
    return {(partition.topic, partition.partition): offset for partition, offset in offsets.items()}


def _unreachable(settings: Settings, error: Exception) -> ActionNeeded:
    return ActionNeeded(
        f"Kafka at {kafka_bootstrap_servers(settings)}: {type(error).__name__}: is it started (pulssi up)?"
    )


def _stopped(library: Any, error: Any) -> ActionNeeded:
    if error.code() in (library.KafkaError._AUTO_OFFSET_RESET, library.KafkaError.OFFSET_OUT_OF_RANGE):
        return ActionNeeded(_LOST_OFFSETS.format(error.str()))
    if error.code() in (library.KafkaError.FENCED_INSTANCE_ID, library.KafkaError._FATAL):
        return ActionNeeded(_SAME_NAME)
    return ActionNeeded(f"Kafka: {error.str()}: is it started (pulssi up)?")
