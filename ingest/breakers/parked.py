"""What happens to parked events: they flow back when their breaker has closed, or are given up, never silently."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import NamedTuple

import psycopg

from ingest.breakers.breaker import Transition
from ingest.breakers.parking import Parking, Place
from ingest.breakers.rows import Breakers, tell
from ingest.events import Door, Event, Rejection, parse
from ingest.key_versions import require_in_force
from ingest.landing import BAD, LOOK_AGAIN, REFERENCE_LOCK, Judge, relinked, settle
from ingest.landing_rows import Sorted, create_months, write

BATCH = 2_000

_COLUMNS = """
    select
        parked_event_id, source, topic, kafka_partition, kafka_offset, received_at,
        parked_topic_id, parked_partition, parked_offset
    from ops.parked_event
"""

# Of a source whose breaker is not closed, parked events wait; with a source named, they come whatever it says.
_WAITING = f"""
    {_COLUMNS}
    where
        outcome is null
        and (%(source)s::text is null or source = %(source)s)
        and (%(source)s::text is not null or source not in (select source from ops.breaker where state <> 'closed'))
    order by parked_event_id
    limit %(limit)s
"""

# Sources that are stopped and have sent nothing for two pauses: one that sends half-opens its breaker within one.
_SILENT = """
    select source from ops.breaker
    where
        state <> 'closed'
        and updated_at < now() - 2 * make_interval(mins => %s)
        and exists (select from ops.parked_event where parked_event.source = breaker.source and outcome is null)
    order by source
"""


class Parked(NamedTuple):
    """A parked event's row: what the ledger counts it by, and where its bytes lie."""

    parked_event_id: int
    source: str
    topic: str
    kafka_partition: int
    kafka_offset: int
    received_at: datetime
    parked_topic_id: str
    parked_partition: int
    parked_offset: int

    @property
    def came_at(self) -> tuple[str, int, int]:
        return self.topic, self.kafka_partition, self.kafka_offset

    @property
    def lies_at(self) -> Place:
        return Place(self.parked_topic_id, self.parked_partition, self.parked_offset)


def flow_back(
    connection: psycopg.Connection, parking: Parking, door: Door, source: str | None = None
) -> Iterator[Counter[str]]:
    """Judge the parked events of sources whose breaker is closed, or of *source*; yield the fates of each batch.

    A batch is one transaction: landing, ledger and parked events move together or not at all. Raises KeysRotated when
    *door* has not the key in force.
    """
    # The time of receipt is the one the ledger has: what the event says of it was weighed when it came.
    door = door._replace(trusts_received_time=False)
    while fates := _flow_back_some(connection, parking, door, source):
        yield fates


def _flow_back_some(
    connection: psycopg.Connection, parking: Parking, door: Door, source: str | None
) -> Counter[str] | None:
    waiting = _waiting(connection, source)
    if not waiting:
        return None
    create_months(connection, {parked.received_at for parked in waiting})
    while True:
        try:
            with _moving(connection, door):
                return _move(connection, parking, door, _waiting(connection, source))
        except LOOK_AGAIN:
            continue


def try_silent(connection: psycopg.Connection, parking: Parking, door: Door) -> Iterator[Counter[str]]:
    """Judge, of each stopped source that sends nothing, what it sent last, as probes; yield the fates of each source.

    Without that nothing would ever tell whether it works. Call it when all that Kafka holds is loaded. Raises
    KeysRotated as flow_back does.
    """
    door = door._replace(trusts_received_time=False)
    for source in _silent(connection, parking):
        yield (fates := _probe(connection, parking, door, source))
        if fates.keys() == {"expired"}:  # the parking topic deletes the oldest first: it has none of the others either
            yield from flow_back(connection, parking, door, source)


def _probe(connection: psycopg.Connection, parking: Parking, door: Door, source: str) -> Counter[str]:
    create_months(connection, {parked.received_at for parked in _newest(connection, parking, source)})
    while True:
        try:
            with _moving(connection, door):
                if source not in _silent(connection, parking):  # another loader was quicker, or it sends again
                    return Counter()
                breakers = Breakers(connection, [source], parking.limits)
                breakers.half_open(source, datetime.now(UTC))
                return _move(connection, parking, door, _newest(connection, parking, source), breakers)
        except LOOK_AGAIN:
            continue


def _silent(connection: psycopg.Connection, parking: Parking) -> list[str]:
    return [row[0] for row in connection.execute(_SILENT, (parking.limits.pause_minutes,))]


def _newest(connection: psycopg.Connection, parking: Parking, source: str) -> list[Parked]:
    """As many as try a source, in their order."""
    rows = connection.execute(
        f"select * from ({_COLUMNS} where outcome is null and source = %s order by parked_event_id desc limit %s) "
        "as newest order by parked_event_id",
        (source, parking.limits.probe_count),
    )
    return [Parked(*row) for row in rows]


def _waiting(connection: psycopg.Connection, source: str | None, limit: int = BATCH) -> list[Parked]:
    rows = connection.execute(_WAITING, {"source": source, "limit": limit})
    return [Parked(*row) for row in rows]


@contextmanager
def _moving(connection: psycopg.Connection, door: Door) -> Iterator[None]:
    """A transaction in which parked events are judged: by the key and the points that hold until its end."""
    with connection.transaction():
        require_in_force(connection, door.keys)
        _one_at_a_time(connection)
        connection.execute(REFERENCE_LOCK)
        yield


def _one_at_a_time(connection: psycopg.Connection) -> None:
    """Events that share an id keep their order: the first one is let in, whoever moves them."""
    connection.execute("select pg_advisory_xact_lock(hashtext('parked'))")


def _move(
    connection: psycopg.Connection,
    parking: Parking,
    door: Door,
    waiting: list[Parked],
    breakers: Breakers | None = None,
) -> Counter[str]:
    """Judge what waits; given *breakers*, as probes that decide what becomes of them."""
    values = parking.fetch([parked.lies_at for parked in waiting])
    there = [parked for parked in waiting if parked.lies_at in values]
    records = relinked(connection, [_judge_now(parked, values[parked.lies_at], door) for parked in there])
    judge = Judge(connection, records)
    fates, outcomes = Sorted(), list[tuple[Parked, str]]()
    for parked, record in zip(there, records, strict=True):
        outcomes.append((parked, settle(judge, fates, record, parked.came_at, values[parked.lies_at], door)))
    if breakers is not None:
        for parked, fate in outcomes:
            breakers.judged(parked.source, datetime.now(UTC), is_bad=fate in BAD)
        breakers.write(connection)
    lost = [parked for parked in waiting if parked.lies_at not in values]
    outcomes += [(parked, "expired") for parked in lost]
    _end(connection, fates, outcomes)
    give_up(connection, lost, "expired")
    return Counter(outcome for _, outcome in outcomes)


def _judge_now(parked: Parked, value: bytes, door: Door) -> Event | Rejection:
    return parse(value, parked.kafka_partition, parked.kafka_offset, parked.received_at, door)


def _end(connection: psycopg.Connection, fates: Sorted, outcomes: Sequence[tuple[Parked, str]]) -> None:
    """Write what was settled, and take each event in the ledger from parked to its fate, on its own day."""
    for parked, outcome in outcomes:
        place = (parked.received_at.astimezone(UTC).date(), parked.source, parked.topic, parked.kafka_partition)
        fates.ledger[*place, "parked"] -= 1
        fates.ledger[*place, "rejected" if outcome in ("expired", "discarded") else outcome] += 1
    with connection.cursor() as cursor:
        cursor.executemany(
            "update ops.parked_event set outcome = %s, ended_at = now() where parked_event_id = %s",
            [(outcome, parked.parked_event_id) for parked, outcome in outcomes],
        )
    write(connection, fates)


def discard(connection: psycopg.Connection, source: str, role: str, why: str) -> int:
    """Give up what is parked of a source: it becomes rejected, as dead letters without bytes that say who and why."""
    count = 0
    while True:
        with connection.transaction():
            _one_at_a_time(connection)
            waiting = _waiting(connection, source)
            _end(connection, Sorted(), [(parked, "discarded") for parked in waiting])
            give_up(connection, waiting, "discarded", role, why)
        if not waiting:
            return count
        count += len(waiting)


def give_up(
    connection: psycopg.Connection,
    waiting: Sequence[Parked],
    kind: str,
    role: str | None = None,
    why: str | None = None,
) -> None:
    """Make dead letters of events whose bytes nobody will read again, and tell the owners of their sources."""
    reasons = [(parked.came_at, _given_up(parked, kind)) for parked in waiting]
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            insert into ops.dead_letter (
                topic, kafka_partition, kafka_offset, source, received_at, reason_code, reason_text, sealed_bytes,
                bytes_deleted_at, discarded_at, discarded_by, discard_reason
            )
            values (%s, %s, %s, %s, %s, %s, %s, null, now(), case when %s::text is not null then now() end, %s, %s)
            """,
            [
                (*place, reason.source, reason.received_at, reason.reason_code, reason.reason_text, role, role, why)
                for place, reason in reasons
            ],
        )
    for source, count in sorted(Counter(parked.source for parked in waiting).items()):
        tell(connection, Transition(source, kind, judged_count=count))


def _given_up(parked: Parked, kind: str) -> Rejection:
    if kind == "discarded":
        return Rejection(
            parked.source, None, None, None, parked.received_at, "parked_discarded",
            "its source was stopped by its breaker, and the events that waited were discarded",
        )  # fmt: skip
    return Rejection(
        parked.source, None, None, None, parked.received_at, "parked_expired",
        "its source was stopped by its breaker, and the parking topic deleted the event before the source was mended",
    )  # fmt: skip
