"""Sends a file's events to Kafka, each once, and corrections for rows that have changed since they came before."""

import hashlib
import itertools
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import orjson
import psycopg

from infra import database
from infra.errors import ActionNeeded
from infra.settings import Settings
from ingest.contracts import read_contracts
from ingest.events import Door
from ingest.files.corrections import Judgement, judge
from ingest.files.mapping import FileMapping
from ingest.files.reading import Unit, read_rows
from ingest.files.report import Report
from ingest.files.tables import open_table
from ingest.kafka.client import topic_name
from ingest.kafka.ends import are_loaded, read_ends
from ingest.key_versions import keys_in_force
from ingest.names import shown_file_name
from ingest.produce import send

CORRECTIONS = "correction"
_BATCH = 5_000


class NotYetLoaded(ActionNeeded):
    """Events of an earlier file of the same source are still on their way, or parked: try again when they are in."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One file on its way. Begun again after a crash, it is the same one: its corrections get the same ids."""

    number: int
    started_at: datetime


def deliver(settings: Settings, path: Path, mapping: FileMapping, report: Report, wait_seconds: float = 30) -> None:
    """Send what *path* has that is not yet in landing. What landing holds decides, so a crash at any point, and the
    same file again, change nothing.

    Raises FileFault where the file is at fault, NotYetLoaded where an earlier one has to be loaded first, and
    ActionNeeded for what has to do with neither.
    """
    if mapping.received_time and not settings.deployment.trusts_received_time:
        raise ActionNeeded(
            f"mapping {mapping.name}: received_time is given, but deployment {settings.deployment.name} does not "
            "trust it: leave it out, or set trusts_received_time in deployment.yml"
        )
    with open_table(path, mapping):
        pass  # a file that cannot be read is refused at once, and not when others have been waited for
    with database.connect(settings) as connection:
        connection.autocommit = True
        keys = keys_in_force(connection, settings)
        door = Door(read_contracts(), keys, settings.deployment.trusts_received_time)
        with _alone(connection, mapping):
            delivery = _begin(settings, connection, path, mapping, wait_seconds)
            if mapping.shows_corrections:
                _require_none_parked(connection, mapping)
            units = read_rows(path, mapping, report)
            # A file may have a million rows: librdkafka computes a third less, and the gateway needs it anyway.
            send(
                replace(settings, kafka_client="librdkafka"),
                _events(connection, units, mapping, report, door, delivery),
            )
            _finish(settings, connection, mapping, delivery, report)


def _events(
    connection: psycopg.Connection,
    units: Iterator[Unit],
    mapping: FileMapping,
    report: Report,
    door: Door,
    delivery: Delivery,
) -> Iterator[bytes]:
    while batch := list(itertools.islice(units, _BATCH)):
        if mapping.shows_corrections:
            judged: Iterable[Judgement] = judge(connection, batch, door, delivery.started_at)
        else:
            judged = (Judgement(unit, "new", unit.made.events, None) for unit in batch)
        for unit, fate, events, reason in judged:
            if reason is not None:
                report.skip(unit.made.point, reason, unit.line, unit.rows)
                continue
            report.count(unit.made.point, "duplicate" if unit.is_repeated else fate, unit.rows)
            for event in events:
                report.events[event["type"]] += 1
                yield orjson.dumps(event)


@contextmanager
def _alone(connection: psycopg.Connection, mapping: FileMapping) -> Iterator[None]:
    """Two processes that compared two files with landing at once would not see each other's events."""
    lock = f"files of {mapping.source}"
    got = connection.execute("select pg_try_advisory_lock(hashtextextended(%s, 0))", (lock,)).fetchone()
    if got != (True,):
        raise NotYetLoaded(f"another process is bringing in a file of {mapping.source}: try again when it is done")
    try:
        yield
    finally:
        if not connection.closed:
            connection.execute("select pg_advisory_unlock(hashtextextended(%s, 0))", (lock,))


def _begin(
    settings: Settings, connection: psycopg.Connection, path: Path, mapping: FileMapping, wait_seconds: float
) -> Delivery:
    """Note that the file is on its way; wait until other files of the source have arrived where that matters."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    under_way = connection.execute(
        """
        select delivery_id, started_at, file_digest, mapping_digest, file_name, ends
        from ops.file_delivery where source = %s and not is_loaded order by delivery_id
        """,
        (mapping.source,),
    ).fetchall()
    same = None
    for number, started_at, *digests, file_name, ends in under_way:
        is_same = digests == [digest, mapping.digest]
        # Without ends it was broken off: what it sent ends where the topics end now, or before.
        if is_same and not (ends and are_loaded(connection, ends)):
            same = Delivery(number, started_at)
        elif mapping.shows_corrections:
            _wait(connection, file_name, ends or read_ends(settings, _topics(settings, mapping)), wait_seconds)
            connection.execute("update ops.file_delivery set is_loaded = true where delivery_id = %s", (number,))
    if same is not None:
        return same
    number, started_at = connection.execute(
        """
        insert into ops.file_delivery (source, file_name, file_digest, mapping_digest)
        values (%s, %s, %s, %s) returning delivery_id, started_at
        """,
        (mapping.source, shown_file_name(path.name), digest, mapping.digest),
    ).fetchone() or (0, datetime.now(UTC))
    return Delivery(number, started_at)


def _wait(connection: psycopg.Connection, file_name: str, ends: dict[str, dict[str, int]], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not are_loaded(connection, ends):
        if time.monotonic() >= deadline:
            raise NotYetLoaded(
                f"{file_name}, which came before, is not loaded yet, so it cannot be seen what has changed since: "
                "run pulssi load, then try again"
            )
        time.sleep(0.2)


def _require_none_parked(connection: psycopg.Connection, mapping: FileMapping) -> None:
    """A row whose event is parked would look new, and its change like another event with the same id."""
    pattern = mapping.source.replace("_", r"\_").replace("{subject}", "%")
    found = connection.execute(
        "select source from ops.parked_event where outcome is null and source like %s limit 1", (pattern,)
    ).fetchone()
    if found is not None:
        raise NotYetLoaded(
            f"{found[0]} is stopped and events of it are parked, so it cannot be seen what has changed since: "
            "see pulssi breakers list"
        )


def _finish(
    settings: Settings, connection: psycopg.Connection, mapping: FileMapping, delivery: Delivery, report: Report
) -> None:
    connection.execute(
        "update ops.file_delivery set finished_at = now(), ends = %s, report = %s where delivery_id = %s",
        (
            orjson.dumps(read_ends(settings, _topics(settings, mapping))).decode(),
            orjson.dumps(report.as_json()).decode(),
            delivery.number,
        ),
    )


def _topics(settings: Settings, mapping: FileMapping) -> list[str]:
    families = {rule.contract.family for rule in mapping.events} | {CORRECTIONS}
    return sorted(topic_name(settings, family) for family in families)
