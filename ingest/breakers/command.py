"""The command about breakers: which sources are stopped, what their owners were told, what becomes of what waits."""

import contextlib
import json
from collections import Counter
from datetime import UTC, datetime

import click
import psycopg

from infra import database
from infra.errors import ActionNeeded
from infra.settings import read_settings
from ingest.breakers import parked
from ingest.breakers.breaker import Transition
from ingest.breakers.parking import Parking
from ingest.breakers.rows import tell
from ingest.contracts import read_contracts
from ingest.dead_letters.rows import decision
from ingest.events import Door
from ingest.key_versions import keys_in_force
from ingest.landing_rows import prefer_compiled_dumpers

_LIST = """
with waiting as (
    select source, count(*) as parked, min(received_at) as oldest, min(stored_at) as parked_since
    from ops.parked_event where outcome is null group by source
),
told as (
    select distinct on (source) source, owner, state, told_at, message_fi, message_sv, message_en
    from ops.breaker_notice order by source, notice_id desc
)
select
    source, coalesce(breaker.state, 'closed'), owner, coalesce(waiting.parked, 0), oldest, parked_since, pause_ends_at,
    told_at, told.state, message_{language}
from told
full join (select * from ops.breaker where state <> 'closed') as breaker using (source)
full join waiting using (source)
where %(all)s or breaker.source is not null or waiting.source is not null
order by told_at desc nulls last, source
"""


@click.group(epilog="Example: pulssi breakers list --language fi")
def breakers() -> None:
    """Sources stopped because most of their events were bad: list, release, discard."""


@breakers.command(name="list", epilog="Example: pulssi breakers list --language fi")
@click.option("--language", type=click.Choice(["fi", "sv", "en"]), default="en", show_default=True)
@click.option("--all", "everything", is_flag=True, help="also those that have closed again")
@click.option("--json", "as_json", is_flag=True, help="one JSON object a line, for other programs")
def list_command(language: str, everything: bool, as_json: bool) -> None:
    """List the sources that are stopped, how many events wait, and what their owners were told last."""
    settings = read_settings()
    with database.connect(settings) as connection:
        found = connection.execute(_LIST.format(language=language), {"all": everything}).fetchall()
    for source, state, owner, waiting, oldest, since, pause_ends_at, told_at, kind, message in found:
        if as_json:
            told = {"kind": kind, "at": told_at, "message": message}
            content = {"source": source, "state": state, "owner": owner, "parked": waiting, "told": told}
            click.echo(json.dumps(content, default=str, ensure_ascii=False))
            continue
        click.echo(f"{state:<10} {source}   owner: {owner or 'not registered'}")
        if waiting:
            click.echo(
                f"           {waiting} events parked, received from {_minute(oldest)}; the parking topic keeps them "
                f"{settings.deployment.parked_days} days from {_minute(since)}"
            )
        if state == "open":
            click.echo(f"           events received from {_minute(pause_ends_at)} are let through as a trial")
        if message:
            click.echo(f"           told {_minute(told_at)}: {message}")
    if not as_json:
        click.echo(
            f"{sum(row[1] != 'closed' for row in found)} breakers open, {sum(row[3] for row in found)} events parked"
        )


@breakers.command(epilog="Example: pulssi breakers release /points/oulu/devices/oulu-fb1")
@click.argument("source")
def release(source: str) -> None:
    """Close the breaker of SOURCE now, and let in what is parked of it; what is still bad becomes a dead letter."""
    settings = read_settings()
    with database.connect(settings) as connection, contextlib.closing(Parking(settings)) as parking:
        connection.autocommit = True
        prefer_compiled_dumpers(connection)
        door = Door(read_contracts(), keys_in_force(connection, settings), trusts_received_time=False)
        waiting = _close(connection, source, "released")
        total = Counter[str]()
        with click.progressbar(length=waiting, label="letting in") as bar:
            for fates in parked.flow_back(connection, parking, door, source):
                total += fates
                bar.update(fates.total())
    told = ", ".join(f"{count} {fate}" for fate, count in sorted(total.items())) or "nothing was parked"
    click.echo(f"{source}: its breaker is closed; of {total.total()} parked events: {told}")


@breakers.command(
    epilog="Example: pulssi breakers discard /points/oulu/devices/test1 --role quality_console --why 'test device'"
)
@click.argument("source")
@click.option("--role", required=True, help="the role that decides, like quality_console; never a name")
@click.option("--why", required=True, metavar="TEXT", help="why these events will never be counted")
def discard(source: str, role: str, why: str) -> None:
    """Give up what is parked of SOURCE: rejected in the ledger, a dead letter each; the breaker stays as it is."""
    with database.connect(read_settings()) as connection:
        connection.autocommit = True
        kept = decision(role, why)
        _waiting(connection, source)
        count = parked.discard(connection, source, role, kept)
    click.echo(f"{source}: {count} parked events discarded; they are rejected in the ledger, and dead letters say why")


def _close(connection: psycopg.Connection, source: str, kind: str) -> int:
    """How many events wait; ActionNeeded when the source is not stopped."""
    with connection.transaction():
        waiting = _waiting(connection, source)
        connection.execute("delete from ops.breaker where source = %s", (source,))
        tell(connection, Transition(source, kind, judged_count=waiting))
    return waiting


def _waiting(connection: psycopg.Connection, source: str) -> int:
    row = connection.execute(
        """
        select
            (select count(*) from ops.parked_event where source = %(source)s and outcome is null),
            exists (select from ops.breaker where source = %(source)s and state <> 'closed')
        """,
        {"source": source},
    ).fetchone()
    waiting, is_stopped = row or (0, False)
    if not waiting and not is_stopped:
        raise ActionNeeded(f"{source} is not stopped and nothing of it is parked: see pulssi breakers list")
    return int(waiting)


def _minute(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%MZ")
