"""Looks into every table and every file for what must not be there."""

import re

from infra import database

QUARANTINE = "inbound topics"


def found_in_tables(settings, needles):
    """The tables of a database with a row that holds one of *needles*, as (table, needle, what stands around it)."""
    query = """
        select format('%I.%I', schemaname, tablename) from pg_tables
        where schemaname not in ('pg_catalog', 'information_schema')
    """
    found = set()
    with database.connect(settings) as connection:
        for (table,) in connection.execute(query).fetchall():
            for (row,) in connection.execute(f"select row_to_json(t)::text from {table} as t"):
                content = row.lower().encode()
                found |= {(table, *_around(content, needle)) for needle in needles if needle in content}
    return found


def found_in_files(settings, needles):
    """The files of the installation that hold one of *needles*; those of Kafka's topics are quarantine."""
    with database.connect(settings) as connection:
        oid = connection.execute("select oid from pg_database where datname = current_database()").fetchone()[0]
        connection.execute("checkpoint")
    return {
        (str(path.relative_to(settings.home)), *_around(content, needle))
        for path in _files(settings, oid)
        for content in [path.read_bytes().lower()]
        for needle in needles
        if needle in content
    }


def _around(content, needle):
    place = content.index(needle)
    return needle.decode(), content[max(0, place - 60) : place + 60].decode(errors="replace")


def _files(settings, oid):
    """Of the databases that tests share one PostgreSQL with, only this one's files."""
    inbound = re.compile(rf"/kafka/.*/{re.escape(settings.deployment.topic_prefix)}\.[^/]*/")
    other_database = re.compile(rf"/base/(?!{oid}/)[0-9]+/")
    for path in settings.home.rglob("*"):
        if not path.is_file() or path.stat().st_blocks == 0:
            continue  # Kafka's indexes lie ready, empty
        if not inbound.search(str(path)) and not other_database.search(str(path)):
            yield path
