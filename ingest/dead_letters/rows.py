"""The rows of dead letters: which ones a person means, what they say, and how their bytes go away."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import nacl.exceptions
import psycopg
from psycopg import sql
from psycopg.rows import class_row

from infra.errors import ActionNeeded
from infra.settings import Settings
from ingest.keys import keys_folder, open_sealed, version_of, versions
from ingest.scrub.scrub import scrub

_STATE = """
    case
        when outcome is not null then outcome
        when discarded_at is not null then 'discarded'
        when bytes_deleted_at is not null then 'expired'
        else 'open'
    end
"""
STATES = ("open", "accepted", "duplicate", "held", "translated", "discarded", "expired")
_ROLE = re.compile(r"[a-z][a-z_]{1,39}")


@dataclass(frozen=True, slots=True)
class Selection:
    """Which dead letters: each field narrows, None and () do not. *day* is the UTC day of receipt, as in the ledger."""

    ids: tuple[int, ...] = ()
    source: str | None = None
    reason: str | None = None
    day: date | None = None
    event_type: str | None = None

    @property
    def is_everything(self) -> bool:
        return self == Selection()

    def where(self, state: str | None = None) -> tuple[sql.Composable, dict[str, Any]]:
        """The condition and its parameters; an event type is given whole or as <family>.<event>."""
        conditions = {
            "dead_letter_id = any(%(ids)s)": self.ids or None,
            "source = %(source)s": self.source,
            "reason_code = %(reason)s": self.reason,
            "cast(received_at at time zone 'UTC' as date) = %(day)s": self.day,
            "(event_type = %(event_type)s or regexp_replace(event_type, '^fi[.]pulssi[.]|[.]v[0-9]+$', '', 'g') "
            "= %(event_type)s)": self.event_type,
            f"({_STATE}) = %(state)s": state,
        }
        given = [sql.SQL(condition) for condition, value in conditions.items() if value is not None]
        parameters = {
            "ids": list(self.ids), "source": self.source, "reason": self.reason, "day": self.day,
            "event_type": self.event_type, "state": state,
        }  # fmt: skip
        return sql.SQL(" and ").join([sql.SQL("true"), *given]), parameters


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """What may be shown of a dead letter to whoever reads the database: never its bytes."""

    dead_letter_id: int
    state: str
    reason_code: str
    reason_text: str
    source: str
    event_id: str | None
    event_type: str | None
    service_point_id: str | None
    topic: str
    kafka_partition: int
    kafka_offset: int
    received_at: datetime
    stored_at: datetime
    replayed_at: datetime | None
    discarded_at: datetime | None
    discarded_by: str | None
    discard_reason: str | None
    bytes_deleted_at: datetime | None


def read(
    connection: psycopg.Connection, selection: Selection, state: str | None = None, limit: int | None = None
) -> list[DeadLetter]:
    """The chosen dead letters, the newest first."""
    condition, parameters = selection.where(state)
    query = sql.SQL(
        "select dead_letter_id, {state} as state, reason_code, reason_text, source, event_id, event_type, "
        "service_point_id, topic, kafka_partition, kafka_offset, received_at, stored_at, replayed_at, discarded_at, "
        "discarded_by, discard_reason, bytes_deleted_at from ops.dead_letter where {condition} "
        "order by received_at desc, dead_letter_id desc limit %(limit)s"
    ).format(state=sql.SQL(_STATE), condition=condition)
    with connection.cursor(row_factory=class_row(DeadLetter)) as cursor:
        return cursor.execute(query, {**parameters, "limit": limit}).fetchall()


def read_one(connection: psycopg.Connection, dead_letter_id: int) -> DeadLetter:
    """The dead letter of this number; ActionNeeded when there is none."""
    found = read(connection, Selection(ids=(dead_letter_id,)))
    if not found:
        raise ActionNeeded(f"there is no dead letter {dead_letter_id}: see pulssi dead-letters list")
    return found[0]


def summary(
    connection: psycopg.Connection, selection: Selection, state: str | None
) -> list[tuple[str, str, int, datetime]]:
    """How many of each source and reason, and when the last came; the most frequent first."""
    condition, parameters = selection.where(state)
    query = sql.SQL(
        "select source, reason_code, count(*), max(received_at) from ops.dead_letter where {} "
        "group by 1, 2 order by 3 desc, 1, 2"
    ).format(condition)
    return connection.execute(query, parameters).fetchall()


def count_states(connection: psycopg.Connection, selection: Selection) -> dict[str, int]:
    """How many of the chosen are in each state."""
    condition, parameters = selection.where()
    query = sql.SQL("select {}, count(*) from ops.dead_letter where {} group by 1").format(sql.SQL(_STATE), condition)
    return dict.fromkeys(STATES, 0) | dict(connection.execute(query, parameters).fetchall())


def open_bytes(settings: Settings, dead_letter_id: int, sealed: bytes | None) -> bytes:
    """The bytes as they were sent; ActionNeeded without the private key, with another one, or when they are deleted."""
    if sealed is None:
        raise ActionNeeded(f"dead letter {dead_letter_id}: its bytes are deleted: only the source can send it again")
    private = keys_folder(settings) / "dead_letters.private*"
    try:
        return open_sealed(settings, sealed)
    except (FileNotFoundError, PermissionError) as error:
        raise ActionNeeded(
            f"the bytes of dead letters are sealed, and their private key is not readable here ({private}): "
            "ask the role that holds it to run this command"
        ) from error
    except (nacl.exceptions.CryptoError, ValueError) as error:
        raise ActionNeeded(
            f"dead letter {dead_letter_id} was sealed for another key than {private}: restore the key of its time"
        ) from error


def sealed_bytes(connection: psycopg.Connection, ids: Sequence[int]) -> dict[int, bytes]:
    """What PostgreSQL lets one role read only; ActionNeeded for a user who may not become it. Not those deleted."""
    try:
        with connection.transaction():
            role = _reading_role(connection)
            if role is not None:
                connection.execute(sql.SQL("set local role {}").format(sql.Identifier(role)))
            rows = connection.execute(
                "select dead_letter_id, sealed_bytes from ops.dead_letter "
                "where dead_letter_id = any(%s) and sealed_bytes is not null",
                (list(ids),),
                binary=True,
            ).fetchall()
            connection.execute("reset role")
    except psycopg.errors.InsufficientPrivilege as error:
        raise ActionNeeded(
            f"the bytes of dead letters are for the role {role or 'that guards them'} only: have its holder run this "
            "command, or have it granted to this user of the database"
        ) from error
    return dict(rows)


def _reading_role(connection: psycopg.Connection) -> str | None:
    """The role to become; None where it could not be created, and the private key is the only guard."""
    row = connection.execute("select rolname from pg_roles where rolname = ops.dead_letter_role()").fetchone()
    return row[0] if row else None


def discard(connection: psycopg.Connection, selection: Selection, role: str, reason: str) -> int:
    """Give up the open ones chosen: their bytes go, the row stays and tells which role did it and why; how many."""
    why = decision(role, reason)
    condition, parameters = selection.where("open")
    query = sql.SQL(
        "update ops.dead_letter set discarded_at = now(), discarded_by = %(role)s, discard_reason = %(why)s, "
        "sealed_bytes = null, bytes_deleted_at = now() where {}"
    ).format(condition)
    return connection.execute(query, {**parameters, "role": role, "why": why}).rowcount


def decision(role: str, reason: str) -> str:
    """The reason of a role for giving something up, as it may be kept; ActionNeeded for a name, or without a reason."""
    if not _ROLE.fullmatch(role):
        raise ActionNeeded(f"role is {role!r}: give a role in lower-case letters, like quality_console, never a name")
    if not reason.strip():
        raise ActionNeeded("the reason is empty: say in a few words why these events will never be counted")
    return scrub(reason.strip())


def expire(connection: psycopg.Connection, older_than_days: int) -> int:
    """Delete the bytes of what was set aside more than so many days ago; rows and counts stay. Returns how many."""
    return connection.execute(
        """
        update ops.dead_letter set sealed_bytes = null, bytes_deleted_at = now()
        where bytes_deleted_at is null and stored_at < now() - make_interval(days => %s)
        """,
        (older_than_days,),
    ).rowcount


def forget_unused_keys(connection: psycopg.Connection, settings: Settings) -> list[int]:
    """Delete the private keys to which no bytes are sealed any more, never the newest; which ones went."""
    private = versions(keys_folder(settings), "dead_letters.private")
    if len(private) < 2:
        return []
    ids = [
        row[0]
        for row in connection.execute("select dead_letter_id from ops.dead_letter where bytes_deleted_at is null")
    ]
    used = {max(private)}
    for start in range(0, len(ids), 1000):
        sealed = sealed_bytes(connection, ids[start : start + 1000])
        used |= {version_of(settings, content) for content in sealed.values()}
    unused = [version for version in private if version not in used]
    for version in unused:
        private[version].unlink()
    return unused


def missing(connection: psycopg.Connection, ids: Sequence[int]) -> list[int]:
    """Which of these numbers no dead letter has."""
    query = "select id from unnest(%s::bigint[]) as id where id not in (select dead_letter_id from ops.dead_letter)"
    return [row[0] for row in connection.execute(query, (list(ids),))]
