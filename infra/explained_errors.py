"""Errors of the machine and of its services, in one line that says what to do."""

import errno
from collections.abc import Iterator


def explained(error: BaseException) -> str | None:
    """What a person can do about *error* or about what caused it; None when it is a fault of the program."""
    return next(filter(None, map(_explained, _with_causes(error))), None)


def of_database(error: Exception) -> str:
    """What PostgreSQL said of a connection, and what to do."""
    lines = [line.strip() for line in str(error).strip().splitlines()]
    said = lines[0] if lines else type(error).__name__
    what = said.rpartition("FATAL:")[2].strip()
    if "does not exist" in what and "database" in what:
        return f"PostgreSQL: {what}: run pulssi migrate"
    return f"PostgreSQL: {what}: is it started (pulssi up), or is PULSSI_DATABASE_URL right?"


def _with_causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = getattr(error, "orig", None) or error.__cause__


def _explained(error: BaseException) -> str | None:
    import kafka.errors
    import psycopg

    if isinstance(error, kafka.errors.AuthorizationError):
        return f"Kafka: {type(error).__name__}: {_first_line(error)}: see pulssi topics guard, and PULSSI_KAFKA_USER"
    if isinstance(error, psycopg.errors.DiskFull) or (isinstance(error, OSError) and error.errno == errno.ENOSPC):
        return f"the disk is full ({error}): free some space and run the command again: nothing is counted twice"
    if isinstance(error, psycopg.errors.UndefinedTable | psycopg.errors.InvalidSchemaName):
        return f"PostgreSQL: {_first_line(error)}: run pulssi migrate, then the steps of the month before this one"
    if isinstance(error, psycopg.OperationalError):
        return of_database(error)
    if isinstance(error, PermissionError | FileNotFoundError | NotADirectoryError) and error.filename:
        return f"{error.filename}: {error.strerror}: correct the path or its permissions (see PULSSI_HOME)"
    return None


def _first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0]
