"""What the gateway reads from PostgreSQL and writes to it, once a second and never within a request."""

import asyncio
import contextlib
import functools
import logging
import time
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta

import psycopg

from infra import database
from infra.errors import ActionNeeded
from infra.settings import Settings
from ingest.gateway.tokens import Token, hash_of, keep_last_use, read_tokens
from ingest.kafka.client import Message
from ingest.produce import add_produced

log = logging.getLogger(__name__)

ROUND_SECONDS = 1.0
LAST_USE_SECONDS = 60.0
STALE_SECONDS = 5.0
DAY_MS = 24 * 3600 * 1000


@functools.lru_cache(maxsize=8)
def _date(days: int) -> date:
    return date(1970, 1, 1) + timedelta(days)


class Books:
    """Tokens in force, and the counts of what Kafka acknowledged.

    While PostgreSQL is away the tokens known last stay in force (a revocation could not have been written) and counts
    wait in memory.
    """

    def __init__(self, settings: Settings, on_round: Callable[[int], None]) -> None:
        self._settings = settings
        self._on_round = on_round
        self._connection: psycopg.Connection | None = None
        self._tokens: dict[bytes, Token] = {}
        self._produced: Counter[tuple[date, str, str]] = Counter()
        self._last_uses: dict[int, datetime] = {}
        self._last_uses_written = float("-inf")
        self._round_ended = float("-inf")

    def token(self, secret: str) -> Token | None:
        return self._tokens.get(hash_of(secret))

    def used(self, token: Token, now: datetime) -> None:
        self._last_uses[token.token_id] = now

    def acknowledged(self, message: Message, timestamp_ms: int) -> None:
        """Count a message under the source and day that the loader will count it under. Its note is an Origin.

        A deployment that trusts the gateway's time of receipt has it in the event; else the broker's time counts.
        """
        source, received_date = message.note
        self._produced[received_date or _date(timestamp_ms // DAY_MS), source, message.topic] += 1

    def are_current(self) -> bool:
        """Whether PostgreSQL has answered within the last seconds."""
        return time.monotonic() - self._round_ended < STALE_SECONDS

    async def keep(self, stopping: asyncio.Event) -> None:
        """Round after round, then a last one: not to be cancelled, for a round's counts would be lost."""
        while not stopping.is_set():
            await self._round()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), ROUND_SECONDS)
        await self._round(is_last=True)

    async def _round(self, is_last: bool = False) -> None:
        """Write what has gathered and read the tokens; what could not be written waits for the next round."""
        produced, self._produced = self._produced, Counter()
        last_uses: dict[int, datetime] = {}
        if is_last or time.monotonic() - self._last_uses_written >= LAST_USE_SECONDS:
            last_uses, self._last_uses = self._last_uses, {}
        try:
            self._tokens = await asyncio.to_thread(self._exchange, produced, last_uses)
        except (psycopg.Error, ActionNeeded) as error:
            log.warning("PostgreSQL: %s", str(error).strip())
            self._produced.update(produced)
            self._last_uses = last_uses | self._last_uses
            self._connection = None
        else:
            self._round_ended = time.monotonic()
            if last_uses:
                self._last_uses_written = time.monotonic()
        self._on_round(self._produced.total())

    def _exchange(self, produced: Counter[tuple[date, str, str]], last_uses: dict[int, datetime]) -> dict[bytes, Token]:
        if self._connection is None:
            self._connection = database.connect(self._settings)
            self._connection.autocommit = True
        with self._connection.transaction():
            add_produced(self._connection, produced)
            keep_last_use(self._connection, last_uses)
            return read_tokens(self._connection)
