"""Sends the bytes of dead letters through the door again, and moves in the ledger those that are let in now."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import NamedTuple

import psycopg
from psycopg import sql

from infra import database
from infra.settings import Settings
from ingest.contracts import read_contracts
from ingest.dead_letters.retranslate import retranslate
from ingest.dead_letters.rows import Selection, open_bytes, sealed_bytes
from ingest.events import Door, Event, Rejection, parse
from ingest.key_versions import KeysRotated, keys_in_force, require_in_force
from ingest.landing import LOOK_AGAIN, REFERENCE_LOCK, Judge, conflict, relinked
from ingest.landing_rows import Sorted, add, create_months, prefer_compiled_dumpers, write


class Letter(NamedTuple):
    """A dead letter as it lies, with what the ledger counts it by."""

    dead_letter_id: int
    source: str
    topic: str
    kafka_partition: int
    kafka_offset: int
    received_at: datetime
    reason_code: str
    sealed: bytes


Judged = tuple[Letter, Event | Rejection]


def replay(settings: Settings, selection: Selection, batch_size: int) -> Iterator[Counter[str]]:
    """Judge the open dead letters chosen by today's contracts and reference data; yield the fates of each batch.

    A batch is one transaction: landing, ledger and dead letters move together or not at all. What was let in before
    is not open any more, so that a replay may be repeated or killed. Raises ActionNeeded without the private key.
    """
    with database.connect(settings) as connection:
        connection.autocommit = True
        prefer_compiled_dumpers(connection)
        # The time of receipt is the one the ledger has: what the event says of it was weighed when it came.
        door = Door(read_contracts(), keys_in_force(connection, settings), trusts_received_time=False)
        untranslated, ids = _open_ids(connection, selection)
        for start in range(0, len(ids), batch_size):
            yield _replay_batch(connection, settings, door, ids[start : start + batch_size])
        yield from retranslate(settings, connection, untranslated, batch_size)


def _open_ids(connection: psycopg.Connection, selection: Selection) -> tuple[list[int], list[int]]:
    """Vendors' payloads, and events; in the order they were set aside: of two with the same id the first one wins."""
    condition, parameters = selection.where("open")
    query = sql.SQL(
        "select dead_letter_id, reason_code = 'not_translated' from ops.dead_letter where {} order by 1"
    ).format(condition)
    found = connection.execute(query, parameters).fetchall()
    return [number for number, is_payload in found if is_payload], [
        number for number, is_payload in found if not is_payload
    ]


def _replay_batch(connection: psycopg.Connection, settings: Settings, door: Door, ids: list[int]) -> Counter[str]:
    _create_months_of(connection, ids)
    while True:
        try:
            with connection.transaction():
                require_in_force(connection, door.keys)
                letters = _locked(connection, ids)
                connection.execute(REFERENCE_LOCK)
                records = relinked(connection, [_judge_again(settings, letter, door) for letter in letters])
                return _move(connection, list(zip(letters, records, strict=True)))
        except LOOK_AGAIN:
            continue
        except KeysRotated:
            door = door._replace(keys=keys_in_force(connection, settings))


def _create_months_of(connection: psycopg.Connection, ids: list[int]) -> None:
    received = connection.execute("select received_at from ops.dead_letter where dead_letter_id = any(%s)", (ids,))
    create_months(connection, {row[0] for row in received})


def _locked(connection: psycopg.Connection, ids: list[int]) -> list[Letter]:
    """Those that are still open, locked: another replay of the same ones waits, and then finds them closed."""
    rows = connection.execute(
        """
        select dead_letter_id, source, topic, kafka_partition, kafka_offset, received_at, reason_code
        from ops.dead_letter
        where dead_letter_id = any(%s) and outcome is null and bytes_deleted_at is null
        order by dead_letter_id
        for update
        """,
        (ids,),
    ).fetchall()
    sealed = sealed_bytes(connection, [row[0] for row in rows])
    return [Letter(*(*row, sealed[row[0]])) for row in rows]


def _judge_again(settings: Settings, letter: Letter, door: Door) -> Event | Rejection:
    """By today's contracts, but at the time it was received: a replay makes no event younger."""
    value = open_bytes(settings, letter.dead_letter_id, letter.sealed)
    return parse(value, letter.kafka_partition, letter.kafka_offset, letter.received_at, door)


def _move(connection: psycopg.Connection, judged: list[Judged]) -> Counter[str]:
    """Store what is let in, and in the ledger take each event from its old fate and add it to its new one."""
    judge = Judge(connection, (record for _, record in judged))
    fates, counts = Sorted(), Counter[str]()
    closed: list[tuple[str, int]] = []
    kept: list[tuple[Letter, Rejection]] = []
    for letter, record in judged:
        fate = judge.fate(record)
        if isinstance(record, Rejection):
            kept.append((letter, record))
        elif fate == "conflict":
            kept.append((letter, conflict(record)))
        else:
            add(fates, fate, record, letter.topic)
            closed.append((fate, letter.dead_letter_id))
        place = (letter.received_at.astimezone(UTC).date(), letter.source, letter.topic, letter.kafka_partition)
        fates.ledger[*place, "conflict" if letter.reason_code == "conflict" else "rejected"] -= 1
        fates.ledger[*place, fate] += 1
        counts[fate] += 1
    write(connection, fates)
    _close(connection, closed)
    _tell_new_reasons(connection, kept)
    _require_no_debt(connection, {letter.received_at.astimezone(UTC).date() for letter, _ in judged})
    return counts


def _close(connection: psycopg.Connection, closed: list[tuple[str, int]]) -> None:
    """Mark what was let in; its bytes are not needed any more, and may hold what landing must not."""
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            update ops.dead_letter
            set outcome = %s, replayed_at = now(), sealed_bytes = null, bytes_deleted_at = now()
            where dead_letter_id = %s
            """,
            closed,
        )


def _tell_new_reasons(connection: psycopg.Connection, kept: list[tuple[Letter, Rejection]]) -> None:
    """Say why an event is refused now; a row whose reason is the same stays untouched."""
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            update ops.dead_letter
            set reason_code = %(code)s, reason_text = %(text)s, event_id = %(event_id)s, event_type = %(event_type)s,
                service_point_id = %(point)s
            where dead_letter_id = %(dead_letter_id)s and (reason_code, reason_text) <> (%(code)s, %(text)s)
            """,
            [
                {
                    "code": why.reason_code, "text": why.reason_text, "event_id": why.event_id,
                    "event_type": why.event_type, "point": why.service_point_id,
                    "dead_letter_id": letter.dead_letter_id,
                }
                for letter, why in kept
            ],
        )  # fmt: skip


def _require_no_debt(connection: psycopg.Connection, days: set[date]) -> None:
    """A replay may take from the ledger only what is in it."""
    query = (
        "select count(*) from ops.ledger where received_date = any(%s) and least(rejected_count, conflict_count) < 0"
    )
    debts = connection.execute(query, (list(days),)).fetchone()
    assert debts == (0,), f"the ledger of {min(days)} to {max(days)} does not hold the dead letters replayed"
