"""One batch of records into landing, in one transaction: rows, identity, dead letters, ledger and offsets together."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import psycopg
from psycopg.types.string import BytesBinaryDumper

from infra.errors import ActionNeeded
from ingest.events import Door, Event, Rejection, from_milliseconds, parse
from ingest.kafka_client import Fetched, TopicIdentity

# The advisory lock that keeps a reference load and the loaders apart: an event is held only while its point is unknown.
REFERENCE_LOCK = "select pg_advisory_xact_lock_shared(hashtext('reference'))"


class FencedOff(Exception):
    """Another loader has moved one of the batch's offsets: forget the batch and continue where PostgreSQL says."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a batch's records."""

    accepted: int
    duplicate: int
    rejected: int
    held: int


class Sorted:
    """Records by their fate; a held one with its topic, by which the ledger finds it when it is let in."""

    __slots__ = ("accepted", "dead_letters", "duplicates", "held", "ledger")

    def __init__(self) -> None:
        self.accepted: list[Event] = []
        self.held: list[tuple[Event, str]] = []
        self.duplicates: list[Event] = []
        self.dead_letters: list[tuple[Any, ...]] = []
        self.ledger: Counter[tuple[date, str, str, int, str]] = Counter()


def store(
    connection: psycopg.Connection, batch: Sequence[Fetched], topics: dict[str, TopicIdentity], door: Door
) -> Outcome:
    """Store *batch* exactly once. Raises FencedOff when another loader was quicker; nothing is stored then.

    *connection* is in autocommit mode: each transaction here is a whole one.
    """
    parsed = [(fetched, _parse(fetched, door)) for fetched in batch]
    create_months(connection, {record.received_at for _, records in parsed for record in records})
    while True:
        try:
            with connection.transaction():
                _advance_offsets(connection, batch, topics)
                connection.execute(REFERENCE_LOCK)
                fates = _sort(connection, parsed, door)
                write(connection, fates)
        except psycopg.errors.UniqueViolation:
            continue  # another loader has just stored one of these events under another key: look again
        return Outcome(len(fates.accepted), len(fates.duplicates), len(fates.dead_letters), len(fates.held))


def prefer_compiled_dumpers(connection: psycopg.Connection) -> None:
    """For bytea by type, psycopg takes the dumper registered last, one in Python: put its compiled one there."""
    connection.adapters.register_dumper(bytes, BytesBinaryDumper)


def _parse(fetched: Fetched, door: Door) -> list[Event | Rejection]:
    return [
        parse(value, fetched.partition, offset, from_milliseconds(timestamp), door)
        for value, offset, timestamp in zip(fetched.values, fetched.offsets, fetched.timestamps_ms, strict=True)
    ]


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


def _advance_offsets(
    connection: psycopg.Connection, batch: Sequence[Fetched], topics: dict[str, TopicIdentity]
) -> None:
    """Move each offset by compare-and-set: FencedOff when overtaken, ActionNeeded when records are missing."""
    for fetched in sorted(batch, key=lambda one: (one.topic, one.partition)):
        first, following = fetched.offsets[0], fetched.offsets[-1] + 1
        identity = topics[fetched.topic]
        place = (identity.cluster_id, identity.topic_id, fetched.partition)
        moved = connection.execute(
            """
            update ops.kafka_offset set next_offset = %s, updated_at = now()
            where cluster_id = %s and topic_id = %s and kafka_partition = %s and next_offset = %s
            """,
            (following, *place, first),
        )
        (expected,) = connection.execute(
            "select next_offset from ops.kafka_offset where cluster_id = %s and topic_id = %s and kafka_partition = %s",
            place,
        ).fetchone() or (0,)
        if following - first != len(fetched.offsets) or expected < first:
            raise ActionNeeded(
                f"{fetched.topic}[{fetched.partition}]: records are missing between offsets {min(expected, first)} and "
                f"{following}: the topic was compacted, or written with transactions. Pulssi needs plain topics: "
                "have the producers send without transactions, to a topic with cleanup.policy=delete"
            )
        if moved.rowcount != 1:
            raise FencedOff(f"{fetched.topic}[{fetched.partition}]: loading continues at {expected}, not at {first}")


def _sort(connection: psycopg.Connection, parsed: list[tuple[Fetched, list[Event | Rejection]]], door: Door) -> Sorted:
    """Decide each record's fate against what is stored and against the batch itself: the first of its id wins."""
    judge = Judge(connection, (record for _, records in parsed for record in records))
    fates = Sorted()
    for fetched, records in parsed:
        for record, value, offset in zip(records, fetched.values, fetched.offsets, strict=True):
            fate = judge.fate(record)
            if isinstance(record, Rejection):
                _set_aside(fates, fetched, offset, value, record, door)
            elif fate == "conflict":
                _set_aside(fates, fetched, offset, value, conflict(record), door)
            else:
                add(fates, fate, record, fetched.topic)
            day = record.received_at.astimezone(UTC).date()
            fates.ledger[day, record.source, fetched.topic, fetched.partition, fate] += 1
    return fates


class Judge:
    """What records are judged against: the events stored, those judged before, and the known service points."""

    __slots__ = ("_fingerprints", "_points")

    def __init__(self, connection: psycopg.Connection, records: Iterable[Event | Rejection]) -> None:
        keys = {record.event_key for record in records if isinstance(record, Event)}
        self._fingerprints = _stored_fingerprints(connection, sorted(keys))
        rows = connection.execute("select service_point_id from reference.service_point")
        self._points = {None, *(row[0] for row in rows)}

    def fate(self, record: Event | Rejection) -> str:
        """accepted, held, duplicate, conflict or rejected; from now on the record is known."""
        if isinstance(record, Rejection):
            return "rejected"
        known = self._fingerprints.get(record.event_key)
        if known is None:
            self._fingerprints[record.event_key] = record.fingerprint
            return "accepted" if record.service_point_id in self._points else "held"
        return "duplicate" if known == record.fingerprint else "conflict"


def add(fates: Sorted, fate: str, event: Event, topic: str) -> None:
    """Put an event that is accepted, held or a duplicate where *fate* says."""
    if fate == "held":
        fates.held.append((event, topic))
    else:
        (fates.accepted if fate == "accepted" else fates.duplicates).append(event)


def _stored_fingerprints(connection: psycopg.Connection, keys: list[bytes]) -> dict[bytes, bytes]:
    rows = connection.execute(
        "select uuid_send(event_key), fingerprint from landing.event_identity where event_key = any(%s::uuid[])",
        ("{" + ",".join(key.hex() for key in keys) + "}",),
        binary=True,
    )
    return dict(rows)


def conflict(event: Event) -> Rejection:
    """Why an event is set aside whose id its source has used for another one."""
    return Rejection(
        event.source, event.event_id, event.event_type, event.service_point_id, event.received_at, "conflict",
        "id: this source has sent another event with the same id: give each event its own id, or send a correction",
    )  # fmt: skip


def _set_aside(fates: Sorted, fetched: Fetched, offset: int, value: bytes, why: Rejection, door: Door) -> None:
    fates.dead_letters.append(
        (
            fetched.topic, fetched.partition, offset, why.source, why.event_id, why.event_type, why.service_point_id,
            why.reason_code, why.reason_text, why.received_at, door.keys.seal(value),
        )
    )  # fmt: skip


_EVENT_COLUMNS = (
    "event_key, event_id, source, event_type, contract, service_point_id, time_precision, utc_offset_minutes, "
    "is_future, kafka_partition, kafka_offset, occurred_at, received_at, data"
)
# In binary COPY a uuid is its 16 bytes and json is its text, so both can be sent as the bytes they already are.
_EVENT_TYPES = [
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
        f"landing.event ({_EVENT_COLUMNS})",
        _EVENT_TYPES,
        (event[:14] for event in fates.accepted),
    )
    _copy(
        connection, f"landing.event_held ({_EVENT_COLUMNS}, reason_code, topic)", [*_EVENT_TYPES, "text", "text"],
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
                accepted_count, duplicate_count, rejected_count, conflict_count, held_count
            )
            values (%s, %s, %s, %s, %s, %s, %s, %s, %s)
            on conflict (received_date, source, topic, kafka_partition) do update set
                accepted_count = ledger.accepted_count + excluded.accepted_count,
                duplicate_count = ledger.duplicate_count + excluded.duplicate_count,
                rejected_count = ledger.rejected_count + excluded.rejected_count,
                conflict_count = ledger.conflict_count + excluded.conflict_count,
                held_count = ledger.held_count + excluded.held_count
            """,
            [
                (
                    *key,
                    fate["accepted"],
                    fate["duplicate"],
                    fate["rejected"] + fate["conflict"],
                    fate["conflict"],
                    fate["held"],
                )
                for key, fate in sorted(totals.items())
            ],
        )
