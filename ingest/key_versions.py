"""Which hashing key is in force, by the database's word; and how another one takes its place."""

from collections.abc import Iterable

import psycopg

from infra.errors import ActionNeeded
from infra.settings import Settings
from ingest.contracts import read_contracts
from ingest.keys import Keys, check_of, make_hashing, read_hashing, read_keys

# Who stores events holds this lock shared to the end of the transaction: none is stored while a key is rotated.
_LOCK = "select pg_advisory_xact_lock_shared(hashtext('keys'))"


class KeysRotated(Exception):
    """Another hashing key is in force than the one that the events were read with: read them again."""


def keys_in_force(connection: psycopg.Connection, settings: Settings) -> Keys:
    """The deployment's keys, as the database knows them. A database without any is begun with the newest.

    Raises ActionNeeded before anything is written by another key than the database knows.
    """
    keys = read_keys(settings)
    connection.execute(
        """
        insert into ops.deployment_key (key_version, key_check)
        select %s, %s where not exists (select from ops.deployment_key)
        on conflict do nothing
        """,
        (keys.version, keys.check),
    )
    hashing = read_hashing(settings)
    rows = connection.execute("select key_version, key_check from ops.deployment_key order by 1").fetchall()
    known: dict[int, str] = dict(rows)
    for version, check in known.items():
        if version not in hashing or check_of(hashing[version]) != check:
            raise ActionNeeded(
                f"this database was written with another deployment key (version {version}): with this one every "
                "repeated event would look like a conflict. Restore the deployment's folder of keys (pulssi keys show "
                "says where), or use the database of this key"
            )
    *retired, current = known
    return Keys(hashing[current], keys.dead_letters, current, tuple(hashing[version] for version in retired))


def require_in_force(connection: psycopg.Connection, keys: Keys) -> None:
    """Keep *keys* in force until the transaction ends; KeysRotated when they are not."""
    connection.execute(_LOCK)
    row = connection.execute("select max(key_version) from ops.deployment_key").fetchone()
    if row != (keys.version,):
        raise KeysRotated


def rotate_hashing(connection: psycopg.Connection, settings: Settings) -> tuple[int, int]:
    """Put a new hashing key in force; its version, and how many references keep the hashes they have.

    One transaction, in which no loader stores anything: what it reads afterwards, it reads by the new key.
    """
    with connection.transaction():
        connection.execute("select pg_advisory_xact_lock(hashtext('keys'))")
        version = keys_in_force(connection, settings).version + 1
        fields = {name for contract in read_contracts().values() for name, _ in contract.keys}
        kept = _keep_references(connection, sorted(fields))
        connection.execute("update ops.deployment_key set retired_at = now() where retired_at is null")
        connection.execute(
            "insert into ops.deployment_key (key_version, key_check) values (%s, %s)",
            (version, check_of(make_hashing(settings, version))),
        )
    return version, kept


def known_references(connection: psycopg.Connection, references: Iterable[str]) -> set[str]:
    """Which of these hashes, made with retired keys, landing has."""
    rows = connection.execute(
        "select encode(reference, 'hex') from landing.earlier_reference "
        "where reference in (select decode(hash, 'hex') from unnest(%s::text[]) as hash)",
        (sorted(set(references)),),
    )
    return {row[0] for row in rows}


def _keep_references(connection: psycopg.Connection, fields: list[str]) -> int:
    """Remember every hashed reference that landing holds: later events with the same one must get the same hash."""
    return connection.execute(
        """
        insert into landing.earlier_reference (reference)
        select distinct decode(reference, 'hex')
        from (select data from landing.event union all select data from landing.event_held) as event
        cross join lateral unnest(%s::text[]) as field
        cross join lateral (select event.data ->> field) as of_field (reference)
        where reference ~ '^[0-9a-f]{32}$'
        on conflict do nothing
        """,
        (fields,),
    ).rowcount
