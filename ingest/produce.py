"""Send events to Kafka, and count for the ledger what Kafka acknowledged."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, date
from pathlib import Path

import click
import orjson
import psycopg

from infra import database
from infra.settings import Settings, read_settings
from ingest.contracts import families, read_contracts
from ingest.events import attribution, from_milliseconds
from ingest.kafka import client as kafka_client

UNREADABLE_FAMILY = "feedback"  # a record whose type says nothing still needs a topic to be seen in


@click.command(epilog="Example: pulssi produce .pulssi/output/demo/simulated/events.ndjson")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def produce(file: Path) -> None:
    """Send CloudEvents, one a line, to Kafka. Lines that are no event are sent too: the loader sets them aside."""
    settings = read_settings()
    with file.open("rb") as lines, click.progressbar(length=file.stat().st_size, label="producing") as bar:

        def read() -> Iterator[bytes]:
            for line in lines:
                bar.update(len(line))
                if line.strip():
                    yield line.rstrip(b"\r\n")

        count = send(settings, read())
    click.echo(f"produced {count} events to {settings.deployment.topic_prefix}.*")


def send(settings: Settings, events: Iterable[bytes]) -> int:
    """Send events as bytes to the topic of their family, keyed by service point, else by source; return how many.

    What Kafka acknowledged is counted in ops.produced even when a later event fails (ActionNeeded).
    """
    database.connect(settings).close()  # what is sent must be counted: better not begun than not counted
    known = set(families(read_contracts()))
    kafka_client.ensure_topics(settings, [kafka_client.topic_name(settings, family) for family in known])
    counts: Counter[tuple[date, str, str]] = Counter()

    def acknowledged(message: kafka_client.Message, timestamp_ms: int) -> None:
        source, received_at = attribution(
            message.note, from_milliseconds(timestamp_ms), settings.deployment.trusts_received_time
        )
        counts[received_at.astimezone(UTC).date(), source, message.topic] += 1

    try:
        kafka_client.produce(settings, (_message(settings, value, known) for value in events), acknowledged)
    finally:
        if counts:
            with database.connect(settings) as connection:
                add_produced(connection, counts)
    return counts.total()


def _message(settings: Settings, value: bytes, known: set[str]) -> kafka_client.Message:
    try:
        content = orjson.loads(value)
    except orjson.JSONDecodeError:
        content = None
    fields = content if isinstance(content, dict) else {}
    event_type = fields.get("type")
    parts = event_type.split(".") if isinstance(event_type, str) else []
    family = parts[2] if len(parts) > 3 and parts[2] in known else UNREADABLE_FAMILY
    key = fields.get("subject") or fields.get("source")
    encoded = key.encode() if isinstance(key, str) else None
    return kafka_client.Message(kafka_client.topic_name(settings, family), encoded, value, fields or None)


def add_produced(connection: psycopg.Connection, counts: Counter[tuple[date, str, str]]) -> None:
    """Add to ops.produced what Kafka acknowledged, by UTC day of receipt, source and topic."""
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            insert into ops.produced (received_date, source, topic, produced_count) values (%s, %s, %s, %s)
            on conflict (received_date, source, topic)
            do update set produced_count = produced.produced_count + excluded.produced_count
            """,
            [(*key, count) for key, count in sorted(counts.items())],
        )
