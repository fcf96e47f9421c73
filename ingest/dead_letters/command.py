"""What was set aside: look at it, explain it to the owner of its source, send it through the door again, give it up."""

import dataclasses
import functools
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import click

from infra import database
from infra.errors import ActionNeeded
from infra.settings import read_settings
from ingest.dead_letters import reasons, replay, rows
from ingest.dead_letters.rows import Selection

Command = Callable[..., Any]


def _filters(command: Command) -> Command:
    """The options by which dead letters are chosen; the command gets them, and its IDs, as one *selection*."""

    @functools.wraps(command)
    def chosen(
        source: str | None, reason: str | None, day: datetime | None, event_type: str | None,
        ids: tuple[int, ...] = (), **others: Any,
    ) -> Any:  # fmt: skip
        return command(Selection(ids, source, reason, day.date() if day else None, event_type), **others)

    for option in (
        click.option("--event-type", help="only of this type, like queue.ticket_issued"),
        click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="only received on this day (UTC, as the ledger)"),
        click.option("--reason", metavar="CODE", help="only with this reason"),
        click.option("--source", help="only of this source"),
    ):
        option(chosen)
    return chosen


@click.group(name="dead-letters", epilog="Example: pulssi dead-letters list --summary")
def dead_letters() -> None:
    """Events that were set aside: list, show, explain, replay, discard, expire."""


@dead_letters.command(name="list", epilog="Example: pulssi dead-letters list --reason contract --day 2026-10-05")
@_filters
@click.option("--state", type=click.Choice([*rows.STATES, "all"]), default="open", show_default=True)
@click.option("--summary", is_flag=True, help="counts per source and reason instead of single ones")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="how many to show")
@click.option("--language", type=click.Choice(reasons.LANGUAGES), default="en", show_default=True, help="of the cost")
def list_command(selection: Selection, state: str, summary: bool, limit: int, language: str) -> None:
    """List dead letters, the newest first, without their bytes, and what they cost."""
    wanted = None if state == "all" else state
    with database.connect(read_settings()) as connection:
        counts = rows.summary(connection, selection, wanted)
        found = [] if summary else rows.read(connection, selection, wanted, limit)
        costs = reasons.cost_of(connection, selection, language) if state in ("open", "all") else []
    total = sum(count for _, _, count, _ in counts)
    if summary:
        for source, reason, count, last in counts:
            click.echo(f"{count:>9}  {reason:<18} {source}  (the last {_minute(last)})")
    for one in found:
        click.echo(
            f"{one.dead_letter_id:>9}  {_minute(one.received_at)}  {one.state:<9} {one.reason_code:<18} "
            f"{one.event_type or '-'}  {one.source}"
        )
    more = f", {len(found)} shown: see --limit" if not summary and len(found) < total else ""
    for sentence in costs:
        click.echo(sentence)
    click.echo(f"{total} dead letters{'' if state == 'all' else f' {state}'}{more}")


@dead_letters.command(epilog="Example: pulssi dead-letters show 12 --bytes")
@click.argument("dead_letter_id", metavar="ID", type=int)
@click.option("--bytes", "with_bytes", is_flag=True, help="what was sent; only for the role that holds the private key")
def show(dead_letter_id: int, with_bytes: bool) -> None:
    """Show what is known of one dead letter, or with --bytes exactly what was sent and nothing else."""
    settings = read_settings()
    with database.connect(settings) as connection:
        letter = rows.read_one(connection, dead_letter_id)
        sealed = rows.sealed_bytes(connection, [dead_letter_id]).get(dead_letter_id) if with_bytes else None
    if with_bytes:
        sys.stdout.buffer.write(rows.open_bytes(settings, dead_letter_id, sealed))
        return
    for name, value in dataclasses.asdict(letter).items():
        if value is not None:
            shown = value.astimezone(UTC).isoformat(timespec="seconds") if isinstance(value, datetime) else value
            click.echo(f"{name:<18} {shown}")


@dead_letters.command(epilog="Example: pulssi dead-letters explain --reason contract --language fi")
@click.argument("dead_letter_id", metavar="[ID]", type=int, required=False)
@click.option("--reason", metavar="CODE", help="instead of ID: a reason, with its cost over all sources")
@click.option("--source", help="with --reason: the cost to this source only")
@click.option("--language", type=click.Choice(reasons.LANGUAGES), default="en", show_default=True)
def explain(dead_letter_id: int | None, reason: str | None, source: str | None, language: str) -> None:
    """Say to the owner of a source what happened, what it costs and what to do."""
    if (dead_letter_id is None) == (reason is None):
        raise click.UsageError("give either the ID of a dead letter or --reason CODE")
    with database.connect(read_settings()) as connection:
        detail = None
        if dead_letter_id is not None:
            letter = rows.read_one(connection, dead_letter_id)
            reason, source, detail = letter.reason_code, letter.source, letter.reason_text
        for line in reasons.explain(connection, str(reason), language, source, detail):
            click.echo(line)


@dead_letters.command(name="replay", epilog="Example: pulssi dead-letters replay --reason unknown_type")
@click.argument("ids", metavar="[ID]...", type=int, nargs=-1)
@_filters
@click.option(
    "--batch-size", type=click.IntRange(1), default=2_000, show_default=True, help="dead letters a transaction"
)
def replay_command(selection: Selection, batch_size: int) -> None:
    """Send open dead letters through the door again, as they were sent: after a new contract, or a mended one.

    What is let in moves from rejected to accepted, duplicate or held on its own day of the ledger; what is still
    refused stays, with its new reason. It may be repeated or interrupted: nothing is counted twice.
    """
    settings = read_settings()
    with database.connect(settings) as connection:
        _require_known(rows.missing(connection, selection.ids))
        states = rows.count_states(connection, selection)
    total = Counter[str]()
    with click.progressbar(length=states["open"], label="replaying") as bar:
        for fates in replay.replay(settings, selection, batch_size):
            total += fates
            bar.update(fates.total())
    refused = total["rejected"] + total["conflict"]
    click.echo(
        f"replayed {total.total()} dead letters: {total['accepted']} accepted, {total['duplicate']} duplicate, "
        f"{total['held']} held, {refused} still refused"
    )
    if total["translated"]:
        click.echo(f"{total['translated']} payloads were translated now: their events wait in Kafka, see pulssi load")
    if without_bytes := states["expired"] + states["discarded"]:
        click.echo(f"{without_bytes} could not be replayed: their bytes are deleted")


@dead_letters.command(
    epilog="Example: pulssi dead-letters discard --source /points/oulu/devices/test1 --role quality_console "
    "--why 'test device, no customers'"
)
@click.argument("ids", metavar="[ID]...", type=int, nargs=-1)
@_filters
@click.option("--role", required=True, help="the role that decides, like quality_console; never a name")
@click.option("--why", required=True, metavar="TEXT", help="why these events will never be counted")
def discard(selection: Selection, role: str, why: str) -> None:
    """Give up open dead letters: their bytes are deleted, they stay rejected in the ledger."""
    if selection.is_everything:
        raise ActionNeeded("discard without a filter would give up every dead letter: name IDs or a filter")
    with database.connect(read_settings()) as connection:
        _require_known(rows.missing(connection, selection.ids))
        count = rows.discard(connection, selection, role, why)
    click.echo(f"discarded {count} dead letters: their bytes are deleted, the ledger keeps them as rejected")


@dead_letters.command(epilog="Example: pulssi dead-letters expire   or: pulssi dead-letters expire --older-than-days 7")
@click.option("--older-than-days", type=click.IntRange(0), help="instead of the deployment's dead_letter_days")
def expire(older_than_days: int | None) -> None:
    """Delete the bytes of dead letters after the set time; rows and counts stay. Run each day by Airflow."""
    settings = read_settings()
    days = settings.deployment.dead_letter_days if older_than_days is None else older_than_days
    with database.connect(settings) as connection:
        count = rows.expire(connection, days)
        forgotten = rows.forget_unused_keys(connection, settings)
    click.echo(f"deleted the bytes of {count} dead letters set aside more than {days} days ago")
    for version in forgotten:
        click.echo(f"deleted the private key of pair {version}: nothing is sealed to it any more")


def _require_known(missing: list[int]) -> None:
    if missing:
        numbers = ", ".join(map(str, missing))
        raise ActionNeeded(f"there is no dead letter {numbers}: see pulssi dead-letters list")


def _minute(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%MZ")
