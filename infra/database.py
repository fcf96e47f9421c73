"""Connections to the deployment's database, and its migrations."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg
import sqlalchemy
from psycopg import sql

from infra import embedded_postgres, explained_errors
from infra.errors import ActionNeeded
from infra.settings import ROOT, Settings


def url(settings: Settings, database: str | None = None) -> str:
    """postgresql:// URL of the deployment's database, or of another one on the same server."""
    if settings.database_url is None:
        return embedded_postgres.url(settings, database or settings.deployment.database)
    if database is None:
        return settings.database_url
    return urlunsplit(urlsplit(settings.database_url)._replace(path=f"/{database}"))


def connect(settings: Settings) -> psycopg.Connection:
    """A connection for COPY and explicit transactions; raise ActionNeeded when the server does not answer."""
    try:
        return psycopg.connect(url(settings), connect_timeout=10)
    except psycopg.OperationalError as error:
        raise ActionNeeded(explained_errors.of_database(error)) from error


def engine(settings: Settings) -> sqlalchemy.Engine:
    """An SQLAlchemy engine; the caller disposes of it."""
    return sqlalchemy.create_engine(_alchemy_url(settings))


@contextmanager
def begin(settings: Settings) -> Iterator[sqlalchemy.Connection]:
    """One SQLAlchemy transaction, on an engine that ends with it."""
    own_engine = engine(settings)
    try:
        with own_engine.begin() as connection:
            yield connection
    finally:
        own_engine.dispose()


def create_if_missing(settings: Settings, database: str) -> None:
    """Create a database on the server of the deployment unless it is there."""
    with psycopg.connect(url(settings, "postgres"), autocommit=True) as connection:
        found = connection.execute("select 1 from pg_database where datname = %s", (database,)).fetchone()
        if not found:
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(database)))


def migrate(settings: Settings) -> str:
    """Apply all migrations to the deployment's database and return the revisions reached."""
    import alembic.command
    import alembic.config
    from alembic.script import ScriptDirectory

    if settings.database_url is None:
        create_if_missing(settings, settings.deployment.database)
    config = alembic.config.Config()
    config.set_main_option("script_location", str(ROOT / "infra" / "migrations"))
    config.attributes["url"] = _alchemy_url(settings)
    alembic.command.upgrade(config, "heads")  # migrations of one time may stand side by side
    return ", ".join(sorted(ScriptDirectory.from_config(config).get_heads()))


def _alchemy_url(settings: Settings) -> str:
    return url(settings).replace("postgresql://", "postgresql+psycopg://", 1)
