"""Tokens: which installation is calling, and what it may send."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg

from infra.errors import ActionNeeded


@dataclass(frozen=True, slots=True)
class Token:
    """What the gateway knows of a token that is in force until *expires_at*."""

    token_id: int
    name: str
    source_prefix: str
    service_point_ids: frozenset[str] | None
    expires_at: datetime

    def covers_source(self, source: str) -> bool:
        return source == self.source_prefix or source.startswith(self.source_prefix.rstrip("/") + "/")

    def covers_point(self, service_point_id: str) -> bool:
        return self.service_point_ids is None or service_point_id in self.service_point_ids


def hash_of(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).digest()


def issue(
    connection: psycopg.Connection,
    name: str,
    source_prefix: str,
    service_point_ids: list[str] | None,
    valid_for: timedelta,
) -> str:
    """Make a token and return it: nothing can show it again. None for the points means every point."""
    secret = f"pulssi_{secrets.token_urlsafe(32)}"
    try:
        connection.execute(
            """
            insert into ops.gateway_token (name, token_hash, source_prefix, service_point_ids, expires_at)
            values (%s, %s, %s, %s, %s)
            """,
            (name, hash_of(secret), source_prefix, service_point_ids, datetime.now(UTC) + valid_for),
        )
    except psycopg.errors.UniqueViolation as error:
        raise ActionNeeded(f"there is a token {name!r} already: give the new one its own name") from error
    return secret


def revoke(connection: psycopg.Connection, name: str) -> None:
    revoked = connection.execute(
        "update ops.gateway_token set revoked_at = coalesce(revoked_at, now()) where name = %s", (name,)
    )
    if revoked.rowcount != 1:
        raise ActionNeeded(f"there is no token {name!r}: see pulssi tokens list")


def read_tokens(connection: psycopg.Connection) -> dict[bytes, Token]:
    """The tokens that are not revoked, by their hash; whether one has expired is asked at each call."""
    return {
        token_hash: Token(token_id, name, prefix, None if points is None else frozenset(points), expires_at)
        for token_hash, token_id, name, prefix, points, expires_at in connection.execute(
            """
            select token_hash, token_id, name, source_prefix, service_point_ids, expires_at
            from ops.gateway_token
            where revoked_at is null
            """
        )
    }


def keep_last_use(connection: psycopg.Connection, last_uses: dict[int, datetime]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            update ops.gateway_token set last_used_at = greatest(last_used_at, %(used_at)s) where token_id = %(id)s
            """,
            [{"id": token_id, "used_at": used_at} for token_id, used_at in sorted(last_uses.items())],
        )
