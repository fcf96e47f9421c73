"""How fast is loading, beside COPY of the same rows into the same tables? Run by make bench.

Every variant starts from its own copy of one prepared database and drains the same filled topics; COPY writes the very
rows that the loader stored, sorted by key, in transactions of the same size: in text, psycopg's default, and in binary.
A ratio compares variants of one run only.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import psycopg

from infra import database, embedded_kafka, embedded_postgres, services
from infra.settings import Settings, read_settings
from ingest.contracts import FOLDER
from ingest.landing_rows import EVENT_COLUMNS, EVENT_TYPES, prefer_compiled_dumpers
from ingest.produce import send

BATCH = 10_000
POINTS = 40
Rows = list[tuple[Any, ...]]
DEPLOYMENT = """\
database: {name}
topic_prefix: bench
time_zone: Europe/Helsinki
trusts_received_time: true
partitions: 8
retention_days: 7
"""


@click.command(epilog="Example: python tests/benchmarks/bench_load.py --events 200000 --before 3000000")
@click.option("--events", default=200_000, show_default=True, help="events in the filled topics")
@click.option("--before", default=3_000_000, show_default=True, help="rows already stored, for the second half")
def main(events: int, before: int) -> None:
    """Measure loading against COPY on an empty table and on one with many rows."""
    home = Path(tempfile.mkdtemp(prefix="pulssi-bench-"))
    home.chmod(0o755)
    environment = {"PULSSI_HOME": str(home), "PULSSI_POSTGRES_PORT": "15442", "PULSSI_KAFKA_PORT": "19192"}
    settings = read_settings(environment)
    try:
        list(services.start(settings))
        prepared = deployment(settings, environment, "prepared")
        database.migrate(prepared)
        with database.connect(prepared) as connection:
            for number in range(POINTS):
                connection.execute(
                    """
                    insert into reference.service_point
                    values (%s, 'x', 'x', 'x', 'M', '01', null, null, null, '2026-01-01')
                    """,
                    (f"point_{number}",),
                )
        click.echo(f"filling the topics with {events} events", err=True)
        send(replace(prepared, kafka_client="librdkafka"), generate(events))
        report(prepared, environment, f"empty tables, {events} events", events)
        click.echo(f"storing {before} rows beforehand", err=True)
        fill(prepared, before)
        report(prepared, environment, f"tables with {before} rows, {events} events", events)
    finally:
        embedded_kafka.shut_down(settings)
        embedded_postgres.shut_down(settings)
        shutil.rmtree(home)


def report(prepared: Settings, environment: dict[str, str], title: str, events: int) -> None:
    loaded = {}
    rows: tuple[Rows, Rows] = ([], [])
    for client in ("kafka-python", "librdkafka"):
        for processes in (1, 2):
            settings = clone(prepared, environment, f"{client.replace('-', '_')}_{processes}")
            loaded[client, processes] = load(settings, environment, client, processes, events)
            rows = rows if rows[0] else stored_rows(settings)
    copied = {
        encoding: copy(clone(prepared, environment, "copied"), *encoded(encoding, *rows), encoding)
        for encoding in ("text", "binary")
    }
    click.echo(f"\n{title}")
    for encoding, seconds in copied.items():
        click.echo(f"  COPY of the same rows, {encoding:<14}{len(rows[0]) / seconds:>9,.0f} rows/s")
    for (client, processes), seconds in loaded.items():
        click.echo(
            f"  load, {client:<12} {processes} process{'es' if processes > 1 else '  '}  "
            f"{events / seconds:>9,.0f} events/s   "
            f"{copied['text'] / seconds:.2f} x COPY in text, {copied['binary'] / seconds:.2f} x in binary"
        )


def load(settings: Settings, environment: dict[str, str], client: str, processes: int, events: int) -> float:
    """Seconds from the start of the processes, Python's start included, until all is stored."""
    variables = {
        **os.environ,
        **environment,
        "PULSSI_DEPLOYMENT": str(settings.deployment.folder),
        "PULSSI_KAFKA_CLIENT": client,
    }
    command = [
        sys.executable,
        "-m",
        "infra",
        "load",
        "--batch-size",
        str(BATCH),
        "--worker",
    ]
    log = settings.home / f"loaders_{client}_{processes}.log"
    started = time.monotonic()
    with log.open("wb") as said:
        loaders = [
            subprocess.Popen([*command, str(number)], env=variables, stdout=said, stderr=said)
            for number in range(processes)
        ]
        ended = [loader.wait() for loader in loaders]
    seconds = time.monotonic() - started
    assert ended == [0] * processes, f"{client}: loaders ended with {ended}:\n{log.read_text()[-5000:]}"
    with database.connect(settings) as connection:
        (stored,) = connection.execute("select sum(accepted_count) from ops.ledger").fetchone() or (0,)
    assert stored == events, f"{stored} of {events} stored"
    time.sleep(11)  # the group forgets the members of this run
    return seconds


def stored_rows(settings: Settings) -> tuple[Rows, Rows]:
    with database.connect(settings) as connection:
        columns = EVENT_COLUMNS.replace("event_key", "uuid_send(event_key)", 1).replace(
            "data", "convert_to(data::text, 'UTF8')"
        )
        latest = "event_key in (select event_key from landing.event where kafka_offset >= 0)"
        events = connection.execute(
            f"select {columns} from landing.event where kafka_offset >= 0 order by event_key"
        ).fetchall()
        identities = connection.execute(
            f"select uuid_send(event_key), fingerprint from landing.event_identity where {latest} order by event_key"
        ).fetchall()
    return events, identities


def encoded(encoding: str, events: Rows, identities: Rows) -> tuple[Rows, Rows]:
    """The rows as psycopg takes them: for text COPY with uuid and json as such, for binary as the bytes they are."""
    if encoding == "binary":
        return events, identities
    return (
        [(uuid.UUID(bytes=key), *rest, data.decode()) for key, *rest, data in events],
        [(uuid.UUID(bytes=key), fingerprint) for key, fingerprint in identities],
    )


def copy(settings: Settings, events: Rows, identities: Rows, encoding: str) -> float:
    """Seconds to COPY the rows by write_row, in transactions of one batch."""
    event_types, identity_types = (EVENT_TYPES, ["bytea", "bytea"]) if encoding == "binary" else (None, None)
    with database.connect(settings) as connection:
        connection.autocommit = True
        prefer_compiled_dumpers(connection)
        for received_at in {row[12] for row in events}:
            connection.execute("select landing.create_month(%s)", (received_at,))
        started = time.monotonic()
        for first in range(0, len(events), BATCH):
            batch = slice(first, first + BATCH)
            with connection.transaction():
                write(connection, "landing.event_identity (event_key, fingerprint)", identity_types, identities[batch])
                write(connection, f"landing.event ({EVENT_COLUMNS})", event_types, events[batch])
        seconds = time.monotonic() - started
        (stored,) = connection.execute("select count(*) from landing.event where kafka_offset >= 0").fetchone() or (0,)
    assert stored == len(events), f"{stored} of {len(events)} stored"
    return seconds


def write(connection: psycopg.Connection, target: str, types: list[str] | None, rows: Rows) -> None:
    form = "(format binary)" if types else ""
    with connection.cursor() as cursor, cursor.copy(f"copy {target} from stdin {form}") as target_copy:
        if types:
            target_copy.set_types(types)
        for row in rows:
            target_copy.write_row(row)


def deployment(settings: Settings, environment: dict[str, str], name: str) -> Settings:
    folder = settings.home / "deployments" / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "deployment.yml").write_text(DEPLOYMENT.format(name=name))
    return read_settings({**environment, "PULSSI_DEPLOYMENT": str(folder)})


def clone(prepared: Settings, environment: dict[str, str], name: str) -> Settings:
    settings = deployment(prepared, environment, name)
    with psycopg.connect(database.url(prepared, "postgres"), autocommit=True) as connection:
        connection.execute(f"drop database if exists {name}")
        connection.execute(f"create database {name} template prepared")
        connection.execute("checkpoint")
    return settings


def fill(settings: Settings, before: int) -> None:
    """Rows of earlier months, as if loaded long ago: smaller keys, negative offsets to tell them apart."""
    with database.connect(settings) as connection:
        connection.execute("select landing.create_month('2026-08-15Z')")
        connection.execute(
            """
            insert into landing.event_identity
            select
                (lpad(to_hex(1780000000000 + n), 12, '0') || substr(md5(n::text), 1, 20))::uuid,
                decode(md5(n::text), 'hex')
            from generate_series(1, %s) as n
            """,
            (before,),
        )
        connection.execute(
            f"""
            insert into landing.event ({EVENT_COLUMNS})
            select
                (lpad(to_hex(1780000000000 + n), 12, '0') || substr(md5(n::text), 1, 20))::uuid,
                'event-' || n, '/points/point_1/devices/d1', 'feedback.given', 'feedback.given.v1.0', 'point_1',
                'second', 180, false, 0, -n, timestamptz '2026-08-15Z', timestamptz '2026-08-15Z',
                '{{"mode": "device", "answers": []}}'
            from generate_series(1, %s) as n
            """,
            (before,),
        )
        connection.commit()
        connection.autocommit = True
        connection.execute("vacuum analyze")


def generate(count: int) -> Iterator[bytes]:
    """The valid examples of all contracts in turn, with ids that grow with time, over many points."""
    templates = [
        example
        for path in sorted(FOLDER.glob("*/*.examples.json"))
        for example in json.loads(path.read_bytes())["valid"]
    ]
    for number in range(count):
        event = dict(templates[number % len(templates)])
        point = f"point_{number % POINTS}"
        milliseconds = f"{1_790_000_000_000 + number:012x}"
        event["id"] = f"{milliseconds[:8]}-{milliseconds[8:]}-7000-8000-{number:012x}"
        if "subject" in event:  # some families have none
            event["subject"] = point
        event["source"] = f"/points/{point}/systems/s1"
        yield json.dumps(event).encode()


if __name__ == "__main__":
    main()
