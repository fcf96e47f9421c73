"""The command about keys: where they lie, which are in force, and how new ones take their place."""

import stat
import time
from datetime import UTC, datetime

import click

from infra import database
from infra.settings import read_settings
from ingest.key_versions import keys_in_force, rotate_hashing
from ingest.keys import keys_folder, make_dead_letter_pair, versions

HASHING, DEAD_LETTERS = "hashing", "dead-letters"


@click.group(epilog="Example: pulssi keys show")
def keys() -> None:
    """The secrets of the deployment, which lie outside the database and every backup of it: show, rotate."""


@keys.command(epilog="Example: pulssi keys show")
def show() -> None:
    """Say where the keys lie, which versions there are and since when, and who can read them; never the keys."""
    settings = read_settings()
    with database.connect(settings) as connection:
        connection.autocommit = True
        keys_in_force(connection, settings)
        rows = connection.execute(
            "select key_version, first_used_at, retired_at, key_check from ops.deployment_key order by 1"
        ).fetchall()
    folder = keys_folder(settings)
    click.echo(f"folder: {folder}")
    for version, first_used_at, retired_at, check in rows:
        state = f"retired {_minute(retired_at)}, still recognises what it made" if retired_at else "in force"
        click.echo(f"{HASHING} {version}: since {_minute(first_used_at)}, {state}, check {check[:8]}")
    private = versions(folder, "dead_letters.private")
    public = versions(folder, "dead_letters.public")
    for version, path in public.items():
        use = "seals new dead letters" if version == max(public) else "for older dead letters"
        opened = "its private key is here" if version in private else "its private key is not on this machine"
        made = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        click.echo(f"{DEAD_LETTERS} {version}: since {_minute(made)}, {use}, {opened}")
    others = [path.name for path in [folder, *folder.iterdir()] if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)]
    if others:
        click.echo(f"READABLE BY OTHERS: {', '.join(sorted(others))}: run chmod -R go= {folder}")
        raise SystemExit(1)
    click.echo("readable by their owner only")


@keys.command(epilog="Example: pulssi keys rotate hashing")
@click.argument("key", type=click.Choice([HASHING, DEAD_LETTERS]))
def rotate(key: str) -> None:
    """Make a new key and use it from now on; what older ones made stays known, linked and readable.

    Loaders may run on. Copy the folder of keys to its safe place afterwards.
    """
    settings = read_settings()
    with database.connect(settings) as connection:
        connection.autocommit = True
        keys_in_force(connection, settings)
        if key == HASHING:
            started = time.monotonic()
            version, kept = rotate_hashing(connection, settings)
            click.echo(
                f"hashing key {version} is in force; {kept} references keep their hash "
                f"({time.monotonic() - started:.1f} s)"
            )
        else:
            version = make_dead_letter_pair(settings)
            click.echo(f"new dead letters are sealed to pair {version}; older ones open with the pair of their time")
    click.echo(f"copy {keys_folder(settings)} to where its copy is kept: no backup of the data holds it")


def _minute(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%MZ")
