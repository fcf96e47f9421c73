"""Build the warehouse of one month with dbt: marts from landing, metrics from marts."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

import click

from infra import database
from infra.errors import ActionNeeded
from infra.months import Month, month_arguments, parse_cutoff, parse_month
from infra.settings import ROOT, Settings, read_settings
from kpi.metric_catalogue import manifest_path

PROJECT = ROOT / "dbt"
STAGES = ("marts", "metrics")

# "3 of 70 OK created sql table model warehouse.fct_tickets ... [SELECT 10 in 0.2s]": a model that is done.
DONE = re.compile(r"(\d+) of (\d+) OK created sql (?:view|table|by_month) model warehouse\.(\w+) .*in ([\d.]+)s\]")
FAILURE = re.compile(
    r"(Error in|Failure in|Error:|Got \d+ result|Database Error|Compilation Error|Parsing Error|Runtime Error)"
)
SHOWN_ERROR_LINES = 15

Report = Callable[[str], None]


@click.command(epilog="Example: pulssi build 2026-10 --stage marts")
@month_arguments
@click.option(
    "--stage", type=click.Choice([*STAGES, "all"]), default="all", show_default=True, help="which part to build"
)
@click.option("--parse-only", is_flag=True, help="only read the models and write dbt's manifest; needs no database")
def build(month: str, status: str, cutoff: str | None, stage: str, parse_only: bool) -> None:
    """Build the warehouse of MONTH and the month before with dbt."""
    settings = read_settings()
    built_month = parse_month(month)
    instant = parse_cutoff(cutoff, built_month, status, settings.deployment.time_zone)
    if parse_only:
        click.echo(f"manifest: {parse_project(settings)}")
        return
    database.connect(settings).close()  # a database that does not answer is said here in a line, by dbt in many
    for one_stage in STAGES if stage == "all" else (stage,):
        build_stage(settings, built_month, instant, one_stage, click.echo)


def build_stage(settings: Settings, month: Month, cutoff: datetime, stage: str, report: Report) -> None:
    """Build the models and run the data tests of *stage*; raise ActionNeeded with dbt's last errors when one fails."""
    report(f"{stage} of {month}, counting what was received before {cutoff.isoformat()}")
    variables = {
        "built_months": [each.first_day.isoformat() for each in (month.previous, month)],
        "received_before": [{"month": month.first_day.isoformat(), "instant": cutoff.isoformat()}],
        "time_zone": settings.deployment.time_zone.key,
    }
    select = ["--select", f"tag:{stage}", "--exclude-resource-type", "unit_test"]
    run_dbt(settings, ["build", *select, "--vars", json.dumps(variables)], _connection(settings), report)
    _record(settings, month, cutoff, stage)
    report(f"{stage} of {month}: built and tested")


def parse_project(settings: Settings) -> Path:
    """Write the manifest of the project without a database and return its path."""
    nowhere = {"WAREHOUSE_HOST": "", "WAREHOUSE_PORT": "5432", "WAREHOUSE_USER": "", "WAREHOUSE_DATABASE": ""}
    run_dbt(settings, ["parse"], {**nowhere, "DBT_ENV_SECRET_WAREHOUSE_PASSWORD": ""}, lambda _line: None)
    return manifest_path(settings)


def document_project(settings: Settings) -> Path:
    """dbt's page of every table and column, as they are in the database; return its path."""
    run_dbt(settings, ["docs", "generate", "--static"], _connection(settings), lambda _line: None)
    return manifest_path(settings).parent / "static_index.html"


def run_unit_tests(settings: Settings, report: Report) -> None:
    """Run the worked examples of the metrics; their models must have been built."""
    run_dbt(settings, ["test", "--select", "test_type:unit"], _connection(settings), report)


def run_dbt(settings: Settings, arguments: list[str], environment: dict[str, str], report: Report) -> None:
    """Run one dbt command over the project, reporting each model as it is done."""
    target = manifest_path(settings).parent
    target.mkdir(parents=True, exist_ok=True)
    folders = {"project-dir": PROJECT, "profiles-dir": PROJECT, "target-path": target, "log-path": target}
    options = [text for name, folder in folders.items() for text in (f"--{name}", str(folder))]
    command = [str(Path(sys.executable).parent / "dbt"), "--log-level-file", "none", *arguments, *options]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, **environment}
    )
    lines = []
    with process:
        for line in process.stdout or ():
            lines.append(line.rstrip())
            if done := DONE.search(line):
                report("  {}/{} {} {} s".format(*done.groups()))
    if process.returncode:
        raise ActionNeeded(
            f"dbt {arguments[0]} failed: mend what it names and run it again\n" + "\n".join(_errors(lines))
        )


def _errors(lines: list[str]) -> list[str]:
    """The lines from dbt's first complaint on, as many as fit a screen."""
    complaint = next(
        (number for number, line in enumerate(lines) if FAILURE.search(line)), len(lines) - SHOWN_ERROR_LINES
    )
    return [line for line in lines[max(complaint, 0) :] if line.strip()][:SHOWN_ERROR_LINES]


def _connection(settings: Settings) -> dict[str, str]:
    """The variables that dbt/profiles.yml reads."""
    url = urlsplit(database.url(settings))
    return {
        "WAREHOUSE_HOST": url.hostname or "localhost",
        "WAREHOUSE_PORT": str(url.port or 5432),
        "WAREHOUSE_USER": unquote(url.username or ""),
        "DBT_ENV_SECRET_WAREHOUSE_PASSWORD": unquote(url.password or ""),
        "WAREHOUSE_DATABASE": url.path.removeprefix("/"),
    }


def _record(settings: Settings, month: Month, cutoff: datetime, stage: str) -> None:
    with database.connect(settings) as connection:
        connection.execute(
            """
            insert into ops.build (month, cutoff, stage, reference_digest)
            select %s, %s, %s, coalesce(
                (select digest from ops.reference_load order by loaded_at desc limit 1), 'none'
            )
            """,
            (month.first_day, cutoff, stage),
        )
