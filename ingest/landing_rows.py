"""What landing, dead letters and the ledger are given in a transaction: rows sorted by their fate, written by COPY."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

import psycopg
from psycopg.types.string import BytesBinaryDumper

from ingest.events import Event, Rejection
from ingest.keys import Keys


class Sorted:
    """Records by their fate; a held one with its topic, by which the ledger finds it when it is let in."""

    __slots__ = ("accepted", "dead_letters", "duplicates", "held", "ledger", "parked")

    def __init__(self) -> None:
        self.accepted: list[Event] = []
        self.held: list[tuple[Event, str]] = []
        self.duplicates: list[Event] = []
        self.dead_letters: list[tuple[Any, ...]] = []
        self.parked: list[tuple[Any, ...]] = []
        self.ledger: Counter[tuple[date, str, str, int, str]] = Counter()


def add(fates: Sorted, fate: str, event: Event, topic: str) -> None:
    """Put an event that is accepted, held or a duplicate where *fate* says."""
    if fate == "held":
        fates.held.append((event, topic))
    else:
        (fates.accepted if fate == "accepted" else fates.duplicates).append(event)


def set_aside(fates: Sorted, place: tuple[str, int, int], value: bytes, why: Rejection, keys: Keys) -> None:
    """Make a dead letter of what came at *place*: topic, partition and offset."""
    fates.dead_letters.append(
        (
            *place, why.source, why.event_id, why.event_type, why.service_point_id,
            why.reason_code, why.reason_text, why.received_at, keys.seal(value),
        )
    )  # fmt: skip


def prefer_compiled_dumpers(connection: psycopg.Connection) -> None:
    """For bytea by type, psycopg takes the dumper registered last, one in Python: put its compiled one there."""
    connection.adapters.register_dumper(bytes, BytesBinaryDumper)


def create_months(connection: psycopg.Connection, instants: Iterable[datetime]) -> None:
    """Make the monthly partitions that are missing, in transactions of their own: creating one locks the table."""
    months = {(instant.astimezone(UTC).year, instant.astimezone(UTC).month) for instant in instants}
    existing = {
        row[0]
        for row in connection.execute(
            "select inhrelid::regclass::text from pg_inherits where inhparent = 'landing.event'::regclass"
        )
    }
    for year, month in sorted(months):
        if f"landing.event_{year:04}_{month:02}" not in existing:
            with connection.transaction():
                connection.execute("select landing.create_month(%s)", (datetime(year, month, 1, tzinfo=UTC),))


EVENT_COLUMNS = (
    "event_key, event_id, source, event_type, contract, service_point_id, time_precision, utc_offset_minutes, "
    "is_future, kafka_partition, kafka_offset, occurred_at, received_at, data"
)
# In binary COPY a uuid is its 16 bytes and json is its text, so both can be sent as the bytes they already are.
EVENT_TYPES = [
    "bytea", "text", "text", "text", "text", "text", "text", "int2", "bool", "int4", "int8",
    "timestamptz", "timestamptz", "bytea",
]  # fmt: skip


def write(connection: psycopg.Connection, fates: Sorted) -> None:
    """Store what was sorted and add to the ledger, in the caller's transaction."""
    new = fates.accepted + [event for event, _ in fates.held]
    new.sort(key=lambda event: event.event_key)
    _copy(
        connection, "landing.event_identity (event_key, fingerprint)", ["bytea", "bytea"],
        ((event.event_key, event.fingerprint) for event in new),
    )  # fmt: skip
    _copy(
        connection,
        f"landing.event ({EVENT_COLUMNS})",
        EVENT_TYPES,
        (event[:14] for event in fates.accepted),
    )
    _copy(
        connection, f"landing.event_held ({EVENT_COLUMNS}, reason_code, topic)", [*EVENT_TYPES, "text", "text"],
        ((*event[:14], "unknown_service_point", topic) for event, topic in fates.held),
    )  # fmt: skip
    _copy(
        connection,
        "landing.event_duplicate (event_key, event_type, source, kafka_partition, kafka_offset, received_at)",
        ["bytea", "text", "text", "int4", "int8", "timestamptz"],
        (
            (
                one.event_key,
                one.event_type,
                one.source,
                one.kafka_partition,
                one.kafka_offset,
                one.received_at,
            )
            for one in fates.duplicates
        ),
    )
    _copy(
        connection,
        "ops.dead_letter (topic, kafka_partition, kafka_offset, source, event_id, event_type, service_point_id, "
        "reason_code, reason_text, received_at, sealed_bytes)",
        ["text", "int4", "int8", "text", "text", "text", "text", "text", "text", "timestamptz", "bytea"],
        fates.dead_letters,
    )
    _copy(
        connection,
        "ops.parked_event (topic, kafka_partition, kafka_offset, source, received_at, parked_topic_id, "
        "parked_partition, parked_offset)",
        ["text", "int4", "int8", "text", "timestamptz", "text", "int4", "int8"],
        fates.parked,
    )
    _count(connection, fates.ledger)


def _copy(connection: psycopg.Connection, target: str, types: list[str], rows: Iterable[Sequence[Any]]) -> None:
    rows = list(rows)
    if not rows:
        return
    with connection.cursor() as cursor, cursor.copy(f"copy {target} from stdin (format binary)") as copy:
        copy.set_types(types)
        for row in rows:
            copy.write_row(row)


def _count(connection: psycopg.Connection, ledger: Counter[tuple[date, str, str, int, str]]) -> None:
    """Add to the ledger, row by row in their order, so that loaders and replays never wait for each other in a ring.

    A conflict counts as rejected too; a replay adds less than nothing to the fate it takes an event from.
    """
    totals: dict[tuple[date, str, str, int], Counter[str]] = {}
    for (*key, fate), count in ledger.items():
        totals.setdefault(tuple(key), Counter())[fate] += count  # type: ignore[arg-type]
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            insert into ops.ledger (
                received_date, source, topic, kafka_partition,
                accepted_count, duplicate_count, rejected_count, conflict_count, held_count, parked_count
            )
            values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
            on conflict (received_date, source, topic, kafka_partition) do update set
                accepted_count = ledger.accepted_count + excluded.accepted_count,
                duplicate_count = ledger.duplicate_count + excluded.duplicate_count,
                rejected_count = ledger.rejected_count + excluded.rejected_count,
                conflict_count = ledger.conflict_count + excluded.conflict_count,
                held_count = ledger.held_count + excluded.held_count,
                parked_count = ledger.parked_count + excluded.parked_count
            """,
            [
                (
                    *key,
                    fate["accepted"],
                    fate["duplicate"],
                    fate["rejected"] + fate["conflict"],
                    fate["conflict"],
                    fate["held"],
                    fate["parked"],
                )
                for key, fate in sorted(totals.items())
            ],
        )
