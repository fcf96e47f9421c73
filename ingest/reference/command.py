"""Loads the dated reference data of a deployment, and lets in the events that waited for it."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click
import psycopg
from psycopg import sql

from infra import database
from infra.settings import Settings, read_settings
from ingest.reference.checks import Reference
from ingest.reference.files import digest, read_reference
from ingest.reference.tables import tables

POINTS_FILE = "service_points.csv"

# stored_at becomes the moment of release: what looks for new rows by it must find them.
_RELEASE = """
    with released as (
        delete from landing.event_held
        where service_point_id in (select service_point_id from reference.service_point)
        returning *
    ),

    moved as (
        insert into landing.event (
            event_key, event_id, source, event_type, contract, service_point_id, time_precision, utc_offset_minutes,
            is_future, kafka_partition, kafka_offset, occurred_at, received_at, data
        )
        select
            event_key, event_id, source, event_type, contract, service_point_id, time_precision, utc_offset_minutes,
            is_future, kafka_partition, kafka_offset, occurred_at, received_at, data
        from released
    )

    select
        service_point_id,
        cast(received_at at time zone 'UTC' as date) as received_date,
        source,
        topic,
        kafka_partition,
        count(*) as event_count
    from released
    group by 1, 2, 3, 4, 5
"""


@click.group(epilog="Example: pulssi reference load infra/deployments/demo")
def reference() -> None:
    """Load the dated reference data of a deployment."""


@reference.command(
    name="load",
    epilog="Example: pulssi reference load infra/deployments/demo infra/deployments/demo/registered_later",
)
@click.argument("folders", nargs=-1, required=True, metavar="DIR...", type=click.Path(path_type=Path))
def load_command(folders: tuple[Path, ...]) -> None:
    """Replace the reference data by the CSV files of one or more folders, all or nothing.

    The rows of several folders are united. Events held for an unknown service point are let in once it is there.
    """
    for line in load(read_settings(), folders):
        click.echo(line)


def load(settings: Settings, folders: Sequence[Path]) -> list[str]:
    """Load *folders* in one transaction; return what was done, in lines. Raises ActionNeeded with all problems."""
    content = read_reference(folders)
    with database.connect(settings) as connection:
        # Loaders hold this lock shared while they decide which events to hold: none can decide by the old points.
        connection.execute("select pg_advisory_xact_lock(hashtext('reference'))")
        changed = _replace(connection, content, folders)
        released = _release_held(connection)
    lines = [f"{table.file}: {len(content[table.file])} rows" for table in tables()]
    if not changed:
        lines = [f"reference data is unchanged ({sum(map(len, content.values()))} rows): nothing to load"]
    return lines + [f"released {count} held events of {point}" for point, count in released]


def load_first(settings: Settings) -> list[str]:
    """Load the deployment's own folder where it has reference data and none were ever loaded; as *load* otherwise."""
    folder = settings.deployment.folder
    with database.connect(settings) as connection:
        is_loaded = connection.execute("select true from ops.reference_load limit 1").fetchone()
    if is_loaded or not (folder / POINTS_FILE).exists():
        return []
    return [f"reference data were never loaded: loading {folder}", *load(settings, [folder])]


def _replace(connection: psycopg.Connection, content: Reference, folders: Sequence[Path]) -> bool:
    """Replace all tables unless their content is the same; say whether it was replaced."""
    new = digest(content)
    last = connection.execute("select digest from ops.reference_load order by loaded_at desc limit 1").fetchone()
    if last == (new,):
        return False
    for table in tables():
        columns = [column.name for column in table.columns]
        target = sql.Identifier("reference", table.name)
        connection.execute(sql.SQL("delete from {}").format(target))
        copy_in = sql.SQL("copy {} ({}) from stdin").format(target, sql.SQL(", ").join(map(sql.Identifier, columns)))
        with connection.cursor() as cursor, cursor.copy(copy_in) as copy:
            for row in content[table.file]:
                copy.write_row([row.values[name] for name in columns])
    counts = {table.name: len(content[table.file]) for table in tables()}
    connection.execute(
        "insert into ops.reference_load (digest, folders, row_counts) values (%s, %s, %s)",
        (new, [str(folder) for folder in folders], json.dumps(counts)),
    )
    return True


def _release_held(connection: psycopg.Connection) -> list[tuple[str, int]]:
    """Move events of points that are now known into landing, and in the ledger from held to accepted."""
    months = connection.execute(
        """
        select distinct date_trunc('month', received_at, 'UTC') as month
        from landing.event_held
        where service_point_id in (select service_point_id from reference.service_point)
        order by month
        """
    ).fetchall()
    for (month,) in months:
        connection.execute("select landing.create_month(%s)", (month,))
    released: Counter[str] = Counter()
    for point, received_date, source, topic, partition, count in connection.execute(_RELEASE).fetchall():
        released[point] += count
        moved = connection.execute(
            """
            update ops.ledger set held_count = held_count - %s, accepted_count = accepted_count + %s
            where received_date = %s and source = %s and topic = %s and kafka_partition = %s and held_count >= %s
            """,
            (count, count, received_date, source, topic, partition, count),
        )
        assert moved.rowcount == 1, f"ledger of {received_date}, {source}: does not hold {count} events"
    return sorted(released.items())
