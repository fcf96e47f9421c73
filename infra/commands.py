"""Commands that start, stop and prepare the services."""

import os
from urllib.parse import unquote, urlsplit, urlunsplit

import click

from infra import database, embedded_kafka, embedded_postgres, services
from infra.settings import read_settings


@click.command(epilog="Example: pulssi up")
def up() -> None:
    """Start the embedded PostgreSQL and Kafka that are not given by URL."""
    for line in services.start(read_settings()):
        click.echo(line)


@click.command(epilog="Example: pulssi down")
def down() -> None:
    """Stop the embedded services; their data stays."""
    settings = read_settings()
    for name, stopped in (
        ("Kafka", embedded_kafka.shut_down(settings)),
        ("PostgreSQL", embedded_postgres.shut_down(settings)),
    ):
        click.echo(f"{name}: {'stopped' if stopped else 'was not running'}")


@click.command(epilog="Example: pulssi status")
def status() -> None:
    """Say whether each service answers; exit with 1 when one does not."""
    answers = services.status(read_settings())
    for name, (answered, detail) in answers.items():
        click.echo(f"{name}: {'answers' if answered else 'DOES NOT ANSWER'} ({detail})")
    if not all(answered for answered, _ in answers.values()):
        raise SystemExit(1)


@click.command(epilog="Example: PULSSI_DEPLOYMENT=demo pulssi migrate")
def migrate() -> None:
    """Create the deployment's database if need be and bring its schema up to date."""
    settings = read_settings()
    revision = database.migrate(settings)
    click.echo(f"database {settings.deployment.database}: schema at revision {revision}")


@click.command(context_settings={"ignore_unknown_options": True}, epilog="Example: pulssi psql -c '\\d+ publish.*'")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def psql(arguments: tuple[str, ...]) -> None:
    """Open the deployment's database in psql, which comes with the embedded PostgreSQL."""
    program = embedded_postgres.binaries() / "psql"
    address = urlsplit(database.url(read_settings()))
    environment = dict(os.environ)
    if address.password is not None:  # given as an argument everybody on the machine could read it
        environment["PGPASSWORD"] = unquote(address.password)
        address = address._replace(netloc=address.netloc.replace(f":{address.password}@", "@", 1))
    os.execve(program, [str(program), urlunsplit(address), *arguments], environment)


@click.command(epilog='Example: psql "$(pulssi url)"')
@click.option("--database", "name", help="another database of the same server, for example pulssi_airflow")
def url(name: str | None) -> None:
    """Print the connection URL of the deployment's database."""
    click.echo(database.url(read_settings(), name))
