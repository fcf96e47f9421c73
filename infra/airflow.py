"""Airflow on the same PostgreSQL as the deployment: its environment, its own database, and the run of one month."""

import importlib.metadata
import json
import os
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click
import psycopg

from infra import database
from infra.errors import ActionNeeded
from infra.months import month_arguments, parse_cutoff, parse_month
from infra.settings import ROOT, Settings, read_settings

DATABASE = "pulssi_airflow"
DAG_ID = "monthly_release"
LAST_LINES = 30
TASK_STARTS = "[DAG TEST] starting task_id="
EXIT_CODE = "returned a non-zero exit code"
SAID_BY_OPERATOR = ("Tmp dir root location:", "Running command:", "Output:", "Command exited with")


@click.command(name="run-month", epilog="Example: pulssi run-month 2026-10 --status provisional")
@month_arguments
def run_month(month: str, status: str, cutoff: str | None) -> None:
    """Run every step of MONTH through Airflow, from the first gate to the reports; exit with 1 when a step failed."""
    settings = read_settings()
    chosen = parse_month(month)
    parse_cutoff(cutoff, chosen, status, settings.deployment.time_zone)  # so that a slip stops here, not in a task
    if prepare(settings):
        click.echo(f"Airflow's database {DATABASE}: created or migrated")
    given = {"month": str(chosen), "status": status, **({"cutoff": cutoff} if cutoff else {})}
    failed = run_dag(settings, DAG_ID, given, click.echo)
    if failed:
        raise ActionNeeded(f"{chosen} stopped at {failed[0]}: mend what it says above, then run the month again")


@click.command(context_settings={"ignore_unknown_options": True}, epilog="Example: pulssi airflow standalone")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def airflow(arguments: tuple[str, ...]) -> None:
    """Run an Airflow command in this deployment's environment; standalone starts its scheduler and its pages."""
    settings = read_settings()
    prepare(settings)
    os.execve(_program(), [str(_program()), *arguments], environment(settings))


def environment(settings: Settings) -> dict[str, str]:
    """Variables for Airflow and its tasks, which run in other folders: paths are absolute, pulssi is on the PATH."""
    given = {
        "PULSSI_HOME": str(settings.home),
        "PULSSI_DEPLOYMENT": str(settings.deployment.folder),
        "PULSSI_DATABASE_URL": settings.database_url,
        "PULSSI_KAFKA_BOOTSTRAP_SERVERS": settings.kafka_bootstrap_servers,
        "PULSSI_KAFKA_CLIENT": settings.kafka_client,
        "PULSSI_KEYS": str(settings.keys),
        "PULSSI_POSTGRES_PORT": str(settings.postgres_port),
        "PULSSI_KAFKA_PORT": str(settings.kafka_port),
    }
    address = database.url(settings, DATABASE).replace("postgresql://", "postgresql+psycopg2://", 1)
    return {
        **os.environ,
        **{name: value for name, value in given.items() if value is not None},
        "PATH": os.pathsep.join((str(_program().parent), os.environ.get("PATH", os.defpath))),
        "AIRFLOW_HOME": str(settings.home / "airflow"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": address,
        "AIRFLOW__LOGGING__JSON_LOGS": "True",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
    }


def prepare(settings: Settings) -> bool:
    """Create or migrate Airflow's database unless this version has; say whether there was something to do."""
    marker = settings.home / "airflow" / "migrated"
    state = f"{importlib.metadata.version('apache-airflow')} {_revision(settings)}"
    if marker.is_file() and marker.read_text() == state:
        return False
    database.create_if_missing(settings, DATABASE)
    command = [str(_program()), "db", "migrate"]
    result = subprocess.run(command, env=environment(settings), capture_output=True, text=True, check=False)
    if result.returncode:
        last = (result.stdout + result.stderr).strip().splitlines()[-1:]
        raise ActionNeeded(f"Airflow's database {DATABASE} could not be migrated: {' '.join(last)}")
    marker.write_text(f"{importlib.metadata.version('apache-airflow')} {_revision(settings)}")
    return True


def run_dag(settings: Settings, dag_id: str, params: dict[str, str], say: Callable[..., None]) -> list[str]:
    """Run a DAG once, here and now, *say* how each task goes, and return the tasks that failed.

    Raise ActionNeeded when Airflow itself fails.
    """
    command = [str(_program()), "dags", "test", dag_id, "--conf", json.dumps(params)]
    last_lines: deque[str] = deque(maxlen=LAST_LINES)
    with subprocess.Popen(
        command, env=environment(settings), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        failed = _follow(process.stdout, last_lines, say)
    if process.returncode and not failed:
        raise ActionNeeded("Airflow could not run the DAG: " + " ".join(last_lines)[-1000:])
    return failed


def _follow(log: Iterable[str], last_lines: deque[str], say: Callable[..., None]) -> list[str]:
    """Read Airflow's log, a JSON object a line, and keep the last lines of what the running task printed."""
    failed: list[str] = []
    task, started_at = "", 0.0
    for line in log:
        record = _record(line)
        event = record["event"]
        if event.startswith(TASK_STARTS):
            task, started_at = event.removeprefix(TASK_STARTS).split()[0], time.monotonic()
            last_lines.clear()
            say(f"{task} ...", nl=False)
        elif record.get("new_state"):
            took = f"{time.monotonic() - started_at:.0f} s"
            if record["new_state"] == "success":
                say(f" {took}: {last_lines[-1] if last_lines else 'done'}")
                continue
            say(f" {record['new_state'].replace('_', ' ')} after {took}")
            for each in last_lines:
                say(f"    {each}")
            if record["new_state"] == "failed":
                failed.append(task)
        elif said := _said_by_task(record):
            last_lines.append(said)
    return failed


def _record(line: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except ValueError:
        record = None
    return record if isinstance(record, dict) and "event" in record else {"event": line.rstrip(), "level": "error"}


def _said_by_task(record: dict[str, Any]) -> str | None:
    """What a line of the log says of the running task: a line that its command printed, or an error around it."""
    if record["level"] == "error":
        reasons = [str(each["exc_value"]) for each in record.get("exception", [])]
        return None if any(EXIT_CODE in each for each in reasons) else ": ".join((record["event"], *reasons[:1]))
    is_output = record.get("logger", "").endswith("SubprocessHook")
    return record["event"] if is_output and not record["event"].startswith(SAID_BY_OPERATOR) else None


def _program() -> Path:
    return Path(sys.executable).parent / "airflow"


def _revision(settings: Settings) -> str | None:
    """The revision of Airflow's database, None when there is none."""
    try:
        with psycopg.connect(database.url(settings, DATABASE), connect_timeout=10) as connection:
            found = connection.execute("select version_num from alembic_version").fetchone()
    except (psycopg.OperationalError, psycopg.errors.UndefinedTable):
        return None
    return found[0] if found else None
