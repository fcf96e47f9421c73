"""pulssi tokens: issue, list and revoke what installations call the gateway with."""

import re
from datetime import UTC, datetime, timedelta

import click

from infra import database
from infra.errors import ActionNeeded
from infra.settings import read_settings
from ingest.gateway.tokens import issue as issue_token
from ingest.gateway.tokens import revoke as revoke_token


@click.group(epilog="Example: pulssi tokens list")
def tokens() -> None:
    """Issue, list and revoke the tokens of the installations that send events over HTTP."""


@tokens.command(epilog="Example: pulssi tokens issue mikkeli-d1 --source /points/mikkeli/devices/d1 --point mikkeli")
@click.argument("name")
@click.option("--source", required=True, help="source of its events, or the path above several sources")
@click.option("--point", "points", multiple=True, help="service point its events may be about; may be repeated")
@click.option("--every-point", is_flag=True, help="its events may be about every point, as those of a national system")
@click.option("--days", type=click.IntRange(1, 3650), default=365, show_default=True, help="how long it is valid")
def issue(name: str, source: str, points: tuple[str, ...], every_point: bool, days: int) -> None:
    """Make a token for one installation and print it. It is shown this once: the database keeps only its hash."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9_.-]{0,63}", name):
        raise ActionNeeded(f"the name is {name!r}: give small letters, digits, _, . and -, 64 at most")
    if not re.fullmatch(r"/[A-Za-z0-9_./-]{1,199}", source):
        raise ActionNeeded(f"--source is {source!r}: give a path such as /points/mikkeli/devices/d1")
    if bool(points) == every_point:
        raise ActionNeeded("say what the token is for: --point once or more, or --every-point")
    with database.connect(read_settings()) as connection:
        known = {row[0] for row in connection.execute("select service_point_id from reference.service_point")}
        if unknown := sorted(set(points) - known):
            raise ActionNeeded(f"--point {unknown[0]}: no such service point: load its reference data first")
        secret = issue_token(connection, name, source, None if every_point else sorted(points), timedelta(days=days))
    click.echo(secret)


@tokens.command(name="list", epilog="Example: pulssi tokens list")
def list_tokens() -> None:
    """Show each token's name, scope, state and last use; never the token."""
    with database.connect(read_settings()) as connection:
        rows = connection.execute(
            """
            select name, source_prefix, service_point_ids, expires_at, revoked_at, last_used_at
            from ops.gateway_token order by name
            """
        ).fetchall()
    click.echo(f"{'name':<24}{'state':<20}{'last used':<19}{'source':<36}points")
    for name, source, points, expires_at, revoked_at, last_used_at in rows:
        state = _state(expires_at, revoked_at)
        used = f"{last_used_at.astimezone(UTC):%Y-%m-%d %H:%MZ}" if last_used_at else "never"
        click.echo(f"{name:<24}{state:<20}{used:<19}{source:<36}{'every' if points is None else ' '.join(points)}")


@tokens.command(epilog="Example: pulssi tokens revoke mikkeli-d1")
@click.argument("name")
def revoke(name: str) -> None:
    """End a token: running gateways refuse it within two seconds."""
    with database.connect(read_settings()) as connection:
        revoke_token(connection, name)
    click.echo(f"{name}: revoked")


def _state(expires_at: datetime, revoked_at: datetime | None) -> str:
    if revoked_at is not None:
        return f"revoked {revoked_at:%Y-%m-%d}"
    if expires_at <= datetime.now(UTC):
        return f"expired {expires_at:%Y-%m-%d}"
    return f"until {expires_at:%Y-%m-%d}"
