"""One batch of records into landing, in one transaction: rows, identity, dead letters, ledger and offsets together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC

import psycopg

from infra.errors import ActionNeeded
from ingest.breakers.parking import Parking, ToPark
from ingest.breakers.rows import BreakerMoved, Breakers
from ingest.events import Door, Event, Rejection, from_milliseconds, parse
from ingest.kafka.client import Fetched, TopicIdentity
from ingest.key_versions import known_references, require_in_force
from ingest.landing_rows import Sorted, add, create_months, set_aside, write

# The advisory lock that keeps a reference load and the loaders apart: an event is held only while its point is unknown.
REFERENCE_LOCK = "select pg_advisory_xact_lock_shared(hashtext('reference'))"

BAD = ("rejected", "conflict")  # what opens the breaker of a source
# Another loader has just stored one of these events under another key, or moved a breaker, or each waits for the other.
LOOK_AGAIN = (psycopg.errors.UniqueViolation, psycopg.errors.DeadlockDetected, BreakerMoved)


class FencedOff(Exception):
    """Another loader has moved one of the batch's offsets: forget the batch and continue where PostgreSQL says."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a batch's records."""

    accepted: int
    duplicate: int
    rejected: int
    held: int
    parked: int


def store(
    connection: psycopg.Connection,
    batch: Sequence[Fetched],
    topics: dict[str, TopicIdentity],
    door: Door,
    parking: Parking,
) -> Outcome:
    """Store *batch* exactly once. Raises FencedOff when another loader was quicker, KeysRotated when *door* has not the
    key in force; nothing is stored then.

    *connection* is in autocommit mode: each transaction here is a whole one.
    """
    parsed = [(fetched, _parse(fetched, door)) for fetched in batch]
    create_months(connection, {record.received_at for _, records in parsed for record in records})
    while True:
        try:
            with connection.transaction():
                require_in_force(connection, door.keys)
                _advance_offsets(connection, batch, topics)
                connection.execute(REFERENCE_LOCK)
                if door.keys.retired:
                    parsed = [(fetched, relinked(connection, records)) for fetched, records in parsed]
                fates = _sort(connection, parsed, door, parking)
                write(connection, fates)
        except LOOK_AGAIN:
            continue
        outcome = (fates.accepted, fates.duplicates, fates.dead_letters, fates.held, fates.parked)
        return Outcome(*(len(rows) for rows in outcome))


def _parse(fetched: Fetched, door: Door) -> list[Event | Rejection]:
    return [
        parse(value, fetched.partition, offset, from_milliseconds(timestamp), door)
        for value, offset, timestamp in zip(fetched.values, fetched.offsets, fetched.timestamps_ms, strict=True)
    ]


def _advance_offsets(
    connection: psycopg.Connection, batch: Sequence[Fetched], topics: dict[str, TopicIdentity]
) -> None:
    """Move each offset by compare-and-set: FencedOff when overtaken, ActionNeeded when records are missing."""
    for fetched in sorted(batch, key=lambda one: (one.topic, one.partition)):
        first, following = fetched.offsets[0], fetched.offsets[-1] + 1
        identity = topics[fetched.topic]
        place = (identity.cluster_id, identity.topic_id, fetched.partition)
        if first == 0:  # else it is known; one that was added while the loader ran begins here
            connection.execute(
                """
                insert into ops.kafka_offset (
                    cluster_id, topic_id, kafka_partition, topic, first_offset, next_offset, updated_at
                )
                values (%s, %s, %s, %s, 0, 0, now())
                on conflict do nothing
                """,
                (*place, fetched.topic),
            )
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


def _sort(
    connection: psycopg.Connection,
    parsed: list[tuple[Fetched, list[Event | Rejection]]],
    door: Door,
    parking: Parking,
) -> Sorted:
    """Decide each record's fate against what is stored and against the batch itself: the first of its id wins.

    A record whose source's breaker is open is not judged but parked. The parking topic has it before this transaction
    commits, and only a commit makes it count: what a killed loader parked is parked again, and counts once.
    """
    judge = Judge(connection, (record for _, records in parsed for record in records))
    breakers = Breakers(connection, (record.source for _, records in parsed for record in records), parking.limits)
    fates, to_park = Sorted(), list[ToPark]()
    for fetched, records in parsed:
        for record, value, offset in zip(records, fetched.values, fetched.offsets, strict=True):
            place = (fetched.topic, fetched.partition, offset)
            if not breakers.are_quiet and breakers.parks(record.source, record.received_at):
                fate = "parked"
                to_park.append(ToPark(*place, record.source, record.received_at, value))
            else:
                fate = settle(judge, fates, record, place, value, door)
                if not breakers.are_quiet or fate in BAD:
                    breakers.judged(record.source, record.received_at, is_bad=fate in BAD)
            day = record.received_at.astimezone(UTC).date()
            fates.ledger[day, record.source, fetched.topic, fetched.partition, fate] += 1
    fates.parked = parking.park(to_park)
    breakers.write(connection)
    return fates


def settle(
    judge: "Judge", fates: Sorted, record: Event | Rejection, place: tuple[str, int, int], value: bytes, door: Door
) -> str:
    """Put a record where it belongs and return its fate; it came at *place* as *value*."""
    fate = judge.fate(record)
    if isinstance(record, Rejection):
        set_aside(fates, place, value, record, door.keys)
    elif fate == "conflict":
        set_aside(fates, place, value, conflict(record), door.keys)
    else:
        add(fates, fate, record, place[0])
    return fate


def relinked(connection: psycopg.Connection, records: list[Event | Rejection]) -> list[Event | Rejection]:
    """*records* with the hash by a retired key for each reference that landing knows by it: they stay linked."""
    earlier = {old for record in records if isinstance(record, Event) for _, old in record.earlier_references}
    known = known_references(connection, earlier) if earlier else set()
    return [_relinked(record, known) if known and isinstance(record, Event) else record for record in records]


def _relinked(event: Event, known: set[str]) -> Event:
    data = event.data
    for now, old in event.earlier_references:
        if old in known:
            data = data.replace(now.encode(), old.encode())
    return event if data is event.data else event._replace(data=data)


class Judge:
    """What records are judged against: the events stored, those judged before, and the known service points."""

    __slots__ = ("_fingerprints", "_points")

    def __init__(self, connection: psycopg.Connection, records: Iterable[Event | Rejection]) -> None:
        keys = {record.event_key for record in records if isinstance(record, Event)}
        self._fingerprints = stored_fingerprints(connection, sorted(keys))
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
        return "duplicate" if known in (record.fingerprint, *record.earlier_fingerprints) else "conflict"


def stored_fingerprints(connection: psycopg.Connection, keys: list[bytes]) -> dict[bytes, bytes]:
    """The fingerprints of the events that are known, by their keys."""
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
