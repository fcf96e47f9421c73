"""The breakers of a batch's sources: read before it, moved by it, written with it, and told to the owners."""

import dataclasses
import functools
import logging
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import yaml
from psycopg.rows import class_row

from infra.settings import BreakerLimits
from ingest.breakers.breaker import CLOSED, Breaker, Transition, count, half_open, parks
from ingest.events import UNREADABLE

log = logging.getLogger(__name__)
FILE = Path(__file__).with_name("breaker.yml")


class BreakerMoved(Exception):
    """Another loader has moved a breaker meanwhile: judge the batch again by it."""


class Breakers:
    """Reads the rows of *sources* without locking: write() finds out whether they have moved since."""

    __slots__ = ("_before", "_breakers", "_limits", "_now", "_transitions", "are_quiet")

    def __init__(self, connection: psycopg.Connection, sources: Iterable[str], limits: BreakerLimits) -> None:
        with connection.cursor(row_factory=class_row(Breaker)) as cursor:
            found = cursor.execute(
                "select source, window_started_at, state, judged_count, bad_count, opened_at, pause_ends_at, revision "
                "from ops.breaker where source = any(%s)",
                (list(set(sources)),),
            ).fetchall()
        self._breakers = {breaker.source: breaker for breaker in found}
        self._before = {breaker.source: dataclasses.replace(breaker) for breaker in found}
        self.are_quiet = not found  # no source has had a bad event lately: nothing to ask or count, which saves time
        self._limits = limits
        self._now = datetime.now(UTC)
        self._transitions: list[Transition] = []

    def parks(self, source: str, received_at: datetime) -> bool:
        breaker = self._breakers.get(source)
        return breaker is not None and parks(breaker, received_at, self._now, self._limits)

    def half_open(self, source: str, at: datetime) -> None:
        """Try a stopped source, whose row there is, by the events judged next."""
        half_open(self._breakers[source], at)

    def judged(self, source: str, received_at: datetime, is_bad: bool) -> None:
        """Count an event. Only sources with a bad one are counted; what nobody can read has no source to stop."""
        breaker = self._breakers.get(source)
        if breaker is None:
            if not is_bad or source == UNREADABLE:
                return
            breaker = self._breakers[source] = Breaker(source, received_at)
            self.are_quiet = False
        if transition := count(breaker, received_at, is_bad, self._now, self._limits):
            self._transitions.append(transition)

    def write(self, connection: psycopg.Connection) -> None:
        """Write what has changed, in order of the sources so that loaders never wait for each other in a ring.

        Counts of a breaker that stays closed are added; any other change is made only to the row that was read, else
        BreakerMoved is raised.
        """
        for source, breaker in sorted(self._breakers.items()):
            before = self._before.get(source)
            if breaker == before:
                continue
            if _only_counts(before, breaker):
                moved = _add(connection, breaker, before)
            elif breaker.state == CLOSED and not breaker.bad_count:
                moved = _forget(connection, before)
            else:
                moved = _replace(connection, breaker)
            if not moved:
                raise BreakerMoved(source)
        for transition in self._transitions:
            tell(connection, transition)


def _only_counts(before: Breaker | None, breaker: Breaker) -> bool:
    if before is None:
        return breaker.state == CLOSED and breaker.bad_count > 0
    return before.state == breaker.state == CLOSED and before.window_started_at == breaker.window_started_at


def _add(connection: psycopg.Connection, breaker: Breaker, before: Breaker | None) -> bool:
    judged, bad = (before.judged_count, before.bad_count) if before else (0, 0)
    return _is_one(
        connection,
        """
        insert into ops.breaker (source, state, judged_count, bad_count, window_started_at)
        values (%(source)s, 'closed', %(judged)s, %(bad)s, %(window_started_at)s)
        on conflict (source) do update set
            judged_count = breaker.judged_count + excluded.judged_count,
            bad_count = breaker.bad_count + excluded.bad_count,
            updated_at = now(),
            revision = breaker.revision + 1
        where breaker.state = 'closed'
        """,
        dataclasses.asdict(breaker) | {"judged": breaker.judged_count - judged, "bad": breaker.bad_count - bad},
    )


def _replace(connection: psycopg.Connection, breaker: Breaker) -> bool:
    insert = """
        insert into ops.breaker (source, state, judged_count, bad_count, window_started_at, opened_at, pause_ends_at)
        values (
            %(source)s, %(state)s, %(judged_count)s, %(bad_count)s, %(window_started_at)s, %(opened_at)s,
            %(pause_ends_at)s
        )
        on conflict do nothing
    """
    update = """
        update ops.breaker
        set state = %(state)s, judged_count = %(judged_count)s, bad_count = %(bad_count)s,
            window_started_at = %(window_started_at)s, opened_at = %(opened_at)s, pause_ends_at = %(pause_ends_at)s,
            updated_at = now(), revision = revision + 1
        where source = %(source)s and revision = %(revision)s
    """
    return _is_one(connection, insert if breaker.revision is None else update, dataclasses.asdict(breaker))


def _forget(connection: psycopg.Connection, before: Breaker | None) -> bool:
    """A source that is good again needs no row."""
    return before is None or _is_one(
        connection,
        "delete from ops.breaker where source = %(source)s and revision = %(revision)s",
        dataclasses.asdict(before),
    )


def _is_one(connection: psycopg.Connection, query: Any, parameters: dict[str, Any]) -> bool:
    return connection.execute(query, parameters).rowcount == 1


def tell(connection: psycopg.Connection, transition: Transition) -> None:
    """Tell the owner of the source, in the transaction that moves its breaker, and the operator by a warning."""
    row = connection.execute(
        "select owner from reference.source where source = %s order by valid_from desc limit 1", (transition.source,)
    ).fetchone()
    owner = row[0] if row else None
    until = transition.pause_ends_at
    values = {
        "source": transition.source,
        "judged": transition.judged_count,
        "bad": transition.bad_count,
        "until": until.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC") if until else "",
    }
    messages = {language: text.format(**values) for language, text in texts()[transition.kind].items()}
    connection.execute(
        """
        insert into ops.breaker_notice (source, owner, state, message_fi, message_sv, message_en)
        values (%s, %s, %s, %s, %s, %s)
        """,
        (transition.source, owner, transition.kind, messages["fi"], messages["sv"], messages["en"]),
    )
    log.warning("breaker: %s (owner: %s)", messages["en"], owner or "not registered")


@functools.cache
def texts() -> dict[str, dict[str, str]]:
    """What owners are told, by what happened and language."""
    content: dict[str, dict[str, str]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return content
