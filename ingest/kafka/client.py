"""Topics, producing and consuming: all that other modules know of Kafka. By kafka-python, or librdkafka if asked."""

import contextlib
import itertools
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import kafka
import kafka.errors
from kafka.admin import NewTopic
from kafka.structs import TopicPartition

from infra.errors import ActionNeeded
from infra.services import kafka_bootstrap_servers, kafka_connection
from infra.settings import Settings

SESSION_TIMEOUT_MS = 10_000
LARGEST_BYTES = 900_000  # of a key and a value; with what Kafka adds it stays below the megabyte that is its default

LOST_OFFSETS = (
    "Kafka no longer has the offset at which loading should continue ({}): events may have been deleted before they "
    "were loaded. Compare pulssi ledger with the sources before you move ops.kafka_offset"
)
UNKNOWN_CODEC = (
    "kafka-python cannot unpack what a sender compressed ({}): load it with PULSSI_KAFKA_CLIENT=librdkafka, and set "
    "compression.type=uncompressed on the topic, as Pulssi does where it creates one"
)
SAME_NAME = "another loader with the same --worker name has taken over: give each process its own name"


class NotAcknowledged(Exception):
    """Kafka did not confirm in time that all in-sync replicas have a message."""


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
    """A member of the loaders' consumer group that starts each partition where *start_at* says.

    *start_at* is called from the client's own thread too, in the middle of the caller's work.
    """

    def poll(self, max_records: int, timeout_seconds: float) -> list[Fetched]: ...
    def seek_assigned(self) -> None: ...
    def end_offsets(self) -> dict[tuple[str, int], int]: ...
    def beginning_offsets(self) -> dict[tuple[str, int], int]: ...
    def close(self) -> None: ...


StartAt = Callable[[str, int], int]
Acknowledged = Callable[[Message, int], None]


class AcknowledgingProducer(Protocol):
    """Sends from within one event loop; a send is done when all in-sync replicas have its messages.

    send raises NotAcknowledged when Kafka has not confirmed all: some may have arrived, and all may be sent again.
    *reopened_count* says how often it had to begin anew after an error that no retry mends.
    """

    reopened_count: int

    async def send(self, messages: Sequence[Message]) -> None: ...
    def answers(self, timeout_seconds: float) -> bool: ...
    async def close(self) -> None: ...


def topic_name(settings: Settings, family: str) -> str:
    return f"{settings.deployment.topic_prefix}.{family}"


def ensure_topics(
    settings: Settings, topics: Iterable[str], configs: dict[str, str] | None = None
) -> dict[str, TopicIdentity]:
    """Create the topics that are missing, with *configs* where they differ; return all with their identity."""
    names = list(topics)
    with open_admin(settings) as admin:
        missing = sorted(set(names) - set(admin.list_topics()))
        if missing:
            new = [_new_topic(settings, name, configs or {}) for name in missing]
            with contextlib.suppress(kafka.errors.TopicAlreadyExistsError):  # another process was quicker
                admin.create_topics(new)
        cluster_id = admin.describe_cluster()["cluster_id"]
        return {
            topic["name"]: TopicIdentity(cluster_id, topic["topic_id"], len(topic["partitions"]))
            for topic in admin.describe_topics(names)
        }


def produce(settings: Settings, messages: Iterable[Message], acknowledged: Acknowledged) -> None:
    """Send messages; *acknowledged(message, timestamp_ms)* is called for each that all in-sync replicas have.

    Raises ActionNeeded when Kafka refuses or does not answer: what was acknowledged until then stays; and after all
    others are sent, when some are larger than Kafka takes.
    """
    too_large = 0

    def that_fit() -> Iterator[Message]:
        nonlocal too_large
        for message in messages:
            if len(message.value) + len(message.key or b"") <= LARGEST_BYTES:
                yield message
            else:
                too_large += 1

    if settings.kafka_client == "librdkafka":
        from ingest.kafka import librdkafka_client

        librdkafka_client.produce(settings, that_fit(), acknowledged)
    else:
        from ingest.kafka import kafka_python_producer

        kafka_python_producer.produce(settings, that_fit(), acknowledged)
    if too_large:
        raise ActionNeeded(
            f"{too_large} events are larger than the {LARGEST_BYTES} bytes that Kafka takes and were not sent, "
            "the others were: no contract allows events of this size, so look what they hold"
        )


def open_producer(settings: Settings, acknowledged: Acknowledged, timeout_seconds: float = 5) -> AcknowledgingProducer:
    """A producer for an event loop: always on librdkafka, whose own threads leave the loop alone."""
    from ingest.kafka.librdkafka_producer import LibrdkafkaProducer

    return LibrdkafkaProducer(settings, acknowledged, timeout_seconds)


def open_consumer(settings: Settings, topics: list[str], worker: str, start_at: StartAt) -> Consumer:
    """Join the deployment's loaders as the static member *worker*: it takes over at once from its dead predecessor."""
    if settings.kafka_client == "librdkafka":
        from ingest.kafka import librdkafka_client

        return librdkafka_client.LibrdkafkaConsumer(settings, topics, worker, start_at)
    return KafkaPythonConsumer(settings, topics, worker, start_at)


class KafkaPythonConsumer:
    def __init__(self, settings: Settings, topics: list[str], worker: str, start_at: StartAt) -> None:
        self._topics = topics
        self._start_at = start_at
        try:
            self._consumer = kafka.KafkaConsumer(
                **kafka_connection(settings),
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
            raise unreachable(settings, error) from error
        self._consumer.subscribe(topics, listener=_SeekOnAssignment(self.seek_assigned))

    def poll(self, max_records: int, timeout_seconds: float) -> list[Fetched]:
        try:
            records = self._consumer.poll(timeout_ms=int(timeout_seconds * 1000), max_records=max_records)
        except kafka.errors.OffsetOutOfRangeError as error:
            raise ActionNeeded(LOST_OFFSETS.format(error)) from error
        except kafka.errors.NoOffsetForPartitionError:
            return []  # between a partition's assignment and the listener's seek
        except kafka.errors.FencedInstanceIdError as error:
            raise ActionNeeded(SAME_NAME) from error
        except kafka.errors.UnsupportedCodecError as error:
            raise ActionNeeded(UNKNOWN_CODEC.format(error)) from error
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


class _SeekOnAssignment(kafka.ConsumerRebalanceListener):  # type: ignore[misc] # kafka-python has no types
    def __init__(self, seek: Callable[[], None]) -> None:
        self._seek = seek

    def on_partitions_revoked(self, revoked: object) -> None:
        """Nothing to save: offsets are in PostgreSQL."""

    def on_partitions_assigned(self, assigned: object) -> None:  # noqa: ARG002 - kafka-python's signature
        self._seek()


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Let Ctrl-C wait, so that no event is counted half.

    A signal mask would not do: the client's own thread takes the signal, and Python raises it in the main one.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    pressed: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: pressed.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if pressed:
        raise KeyboardInterrupt


def batches(messages: Iterable[Message], size: int) -> Iterator[list[Message]]:
    remaining = iter(messages)
    while batch := list(itertools.islice(remaining, size)):
        yield batch


def _new_topic(settings: Settings, name: str, others: dict[str, str]) -> NewTopic:
    """As the deployment says; dated by the broker, because by the device's time old events would be deleted at once.

    Whatever a sender compresses with, the broker unpacks: kafka-python has not every codec.
    """
    retention_ms = settings.deployment.retention_days * 24 * 3600 * 1000
    configs = {
        "message.timestamp.type": "LogAppendTime",
        "retention.ms": str(retention_ms),
        "compression.type": "uncompressed",
    }
    return NewTopic(name, settings.deployment.partitions, -1, topic_configs=configs | others)


@contextlib.contextmanager
def open_admin(settings: Settings) -> Iterator[Any]:
    try:
        admin = kafka.KafkaAdminClient(**kafka_connection(settings), bootstrap_timeout_ms=5000)
    except kafka.errors.KafkaError as error:
        raise unreachable(settings, error) from error
    try:
        yield admin
    finally:
        admin.close()


def _by_name(offsets: dict[TopicPartition, int]) -> dict[tuple[str, int], int]:
    return {(partition.topic, partition.partition): offset for partition, offset in offsets.items()}


def unreachable(settings: Settings, error: Exception) -> ActionNeeded:
    user = "" if settings.kafka_user is None else ", and are PULSSI_KAFKA_USER and its password right"
    servers = kafka_bootstrap_servers(settings)
    return ActionNeeded(f"Kafka at {servers}: {type(error).__name__}: is it started (pulssi up){user}?")
