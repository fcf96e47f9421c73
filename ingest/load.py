"""Drain Kafka into landing: a member of the loaders' group that stores batch after batch, each exactly once."""

import contextlib
import gc
import logging
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import click
import psycopg

from infra import database
from infra.errors import ActionNeeded
from infra.settings import Settings, read_settings
from ingest.breakers.parked import flow_back, try_silent
from ingest.breakers.parking import Parking
from ingest.contracts import Contract, families, read_contracts
from ingest.events import Door
from ingest.kafka import client as kafka_client
from ingest.kafka.topic_watch import watched
from ingest.key_versions import KeysRotated, keys_in_force
from ingest.keys import with_newest_seal
from ingest.landing import FencedOff, Outcome, store
from ingest.landing_rows import prefer_compiled_dumpers
from ingest.reference.command import load_first as load_first_reference

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Progress:
    """The state after one batch: what became of it, and how many records are still to load."""

    outcome: Outcome
    remaining: int


@click.command(epilog="Example: pulssi load   or, to keep running: pulssi load --follow")
@click.option("--follow", is_flag=True, help="keep waiting for new events instead of stopping when all are loaded")
@click.option("--batch-size", default=10_000, show_default=True, help="records a transaction at most")
@click.option("--worker", default="1", show_default=True, help="this process's name in the group: one name a process")
def load(follow: bool, batch_size: int, worker: str) -> None:
    """Drain what is in Kafka into landing, each event exactly once. Several processes share the partitions.

    Where no reference data were ever loaded those of the deployment's folder are, else every event would be held.
    """
    gc.set_threshold(500_000)  # a batch is many small tuples without cycles: looking for some costs a tenth of the time
    settings = read_settings()
    for line in load_first_reference(settings):
        click.echo(line)
    started, total, shown = time.monotonic(), [0, 0, 0, 0, 0], 0.0
    for progress in drain(settings, worker=worker, batch_size=batch_size, follow=follow):
        outcome = progress.outcome
        counts = (outcome.accepted, outcome.duplicate, outcome.rejected, outcome.held, outcome.parked)
        total = [before + count for before, count in zip(total, counts, strict=True)]
        if time.monotonic() - shown > 2:
            shown = time.monotonic()
            click.echo(f"loaded {sum(total)} events, {progress.remaining} to go", err=True)
    seconds = time.monotonic() - started
    accepted, duplicate, rejected, held, parked = total
    click.echo(
        f"loaded {sum(total)} events in {seconds:.1f} s: "
        f"{accepted} accepted, {duplicate} duplicate, {rejected} rejected, {held} held"
        + (f", {parked} parked: see pulssi breakers list" if parked else "")
        + ("\nwhy events were rejected: pulssi dead-letters list" if rejected else "")
        + ("\nheld events wait until reference data know their service point: pulssi build names it" if held else "")
    )


def drain(
    settings: Settings,
    worker: str = "1",
    batch_size: int = 10_000,
    follow: bool = False,
    contracts: dict[str, Contract] | None = None,
) -> Iterator[Progress]:
    """Store batch after batch; end when every partition has reached the end it had at the start, unless *follow*.

    Raises ActionNeeded when offsets are lost, the deployment's key is another one, or a service does not answer.
    """
    contracts = contracts or read_contracts()
    topics = kafka_client.ensure_topics(
        settings, [kafka_client.topic_name(settings, family) for family in families(contracts)]
    )
    # Where to start is read over a connection of its own: inside a batch's transaction it would not be committed yet.
    with (
        database.connect(settings) as connection,
        database.connect(settings) as offsets,
        contextlib.closing(Parking(settings)) as parking,
        watched(settings, topics) as require_same_topics,
    ):
        connection.autocommit = offsets.autocommit = True
        prefer_compiled_dumpers(connection)
        door = Door(contracts, keys_in_force(connection, settings), settings.deployment.trusts_received_time)

        def start_at(topic: str, partition: int) -> int:
            return _next_offset(offsets, topics[topic], partition)

        consumer = kafka_client.open_consumer(settings, sorted(topics), worker, start_at)
        try:
            ends = _register_partitions(connection, topics, consumer)
            silent_since = time.monotonic()
            while follow or _remaining(connection, topics, ends):
                batch = consumer.poll(batch_size, timeout_seconds=0.5)
                require_same_topics({fetched.topic for fetched in batch} or set(topics))
                door = door._replace(keys=with_newest_seal(door.keys, settings))
                if not batch:
                    silent_since = _complain_of_silence(silent_since, follow)
                    door = _let_parked_in(connection, settings, parking, door, _remaining(connection, topics, ends))
                    continue
                silent_since = time.monotonic()
                try:
                    outcome = store(connection, batch, topics, door, parking)
                except KeysRotated:
                    log.info("another hashing key is in force: reading the batch by it")
                    door = door._replace(keys=keys_in_force(connection, settings))
                    consumer.seek_assigned()
                    continue
                except FencedOff as fenced:
                    log.warning("batch dropped, another loader was quicker: %s", fenced)
                    consumer.seek_assigned()
                    continue
                remaining = _remaining(connection, topics, ends)
                door = _let_parked_in(connection, settings, parking, door, remaining)
                yield Progress(outcome, remaining)
            _let_parked_in(connection, settings, parking, door, remaining=0)
        finally:
            consumer.close()


def _let_parked_in(
    connection: psycopg.Connection, settings: Settings, parking: Parking, door: Door, remaining: int
) -> Door:
    """Let in what waits of sources whose breaker has closed, and, when nothing remains to load, try the silent ones.

    Returns the door to go on with, another one when the key was rotated.
    """
    total = Counter[str]()
    while True:
        try:
            if not remaining:
                for fates in try_silent(connection, parking, door):
                    total += fates
            for fates in flow_back(connection, parking, door):
                total += fates
        except KeysRotated:
            door = door._replace(keys=keys_in_force(connection, settings))
            continue
        if total:
            told = ", ".join(f"{count} {fate}" for fate, count in total.items())
            log.warning("of the parked events let in: %s", told)
        return door


def _complain_of_silence(silent_since: float, follow: bool) -> float:
    """Say why nothing may be coming though Kafka holds more; return from when on to count the silence."""
    if follow or time.monotonic() - silent_since < 3 * kafka_client.SESSION_TIMEOUT_MS / 1000:
        return silent_since
    log.warning(
        "nothing has come for a while though Kafka holds more: another loader holds the partitions (see --worker), "
        "or the topic ends with markers of transactions, which Pulssi's topics must not have"
    )
    return time.monotonic()


def _register_partitions(
    connection: psycopg.Connection, topics: dict[str, kafka_client.TopicIdentity], consumer: kafka_client.Consumer
) -> dict[tuple[str, int], int]:
    """Begin new partitions at their beginning, refuse to go on where Kafka has lost offsets, return where each ends."""
    beginnings = consumer.beginning_offsets()
    for (topic, partition), beginning in sorted(beginnings.items()):
        identity = topics[topic]
        connection.execute(
            """
            insert into ops.kafka_offset (
                cluster_id, topic_id, kafka_partition, topic, first_offset, next_offset, updated_at
            )
            values (%s, %s, %s, %s, %s, %s, now())
            on conflict do nothing
            """,
            (identity.cluster_id, identity.topic_id, partition, topic, beginning, beginning),
        )
    following = {place: _next_offset(connection, topics[place[0]], place[1]) for place in beginnings}
    ends = consumer.end_offsets()  # after the line above: another loader may be moving on
    for (topic, partition), beginning in beginnings.items():
        if not beginning <= following[topic, partition] <= ends[topic, partition]:
            raise ActionNeeded(
                f"{topic}[{partition}]: loading should continue at offset {following[topic, partition]}, but Kafka "
                f"holds {beginning} to {ends[topic, partition]}: events were deleted before they were loaded, or Kafka "
                "was restored. Compare pulssi ledger with the sources before you move ops.kafka_offset"
            )
    return ends


def _next_offset(connection: psycopg.Connection, identity: kafka_client.TopicIdentity, partition: int) -> int:
    row = connection.execute(
        "select next_offset from ops.kafka_offset where cluster_id = %s and topic_id = %s and kafka_partition = %s",
        (identity.cluster_id, identity.topic_id, partition),
    ).fetchone()
    return int(row[0]) if row else 0


def _remaining(
    connection: psycopg.Connection,
    topics: dict[str, kafka_client.TopicIdentity],
    ends: dict[tuple[str, int], int],
) -> int:
    """Records between where PostgreSQL stands and where Kafka ended at the start, whoever loads them."""
    stored = {
        (topic, partition): following
        for topic, partition, topic_id, following in connection.execute(
            "select topic, kafka_partition, topic_id, next_offset from ops.kafka_offset"
        )
        if topic in topics and topics[topic].topic_id == topic_id
    }
    return sum(max(0, end - stored.get(place, 0)) for place, end in ends.items())
