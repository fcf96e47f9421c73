"""Build months of the warehouse with dbt: marts from landing, metrics from marts."""

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
from infra.months import CLOSING_DAY, Month, parse_cutoff, parse_month
from infra.settings import ROOT, Settings, read_settings
from kpi import builds, built_months, held_events, touched_months
from kpi.built_months import Window
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
@click.argument("month", required=False)
@click.option("--all", "is_all", is_flag=True, help="every month that has events, from nothing")
@click.option("--status", type=click.Choice(sorted(CLOSING_DAY)), default="final", help="which closing of MONTH")
@click.option("--cutoff", help="of MONTH count what was received before this instant (default: by --status)")
@click.option(
    "--stage", type=click.Choice([*STAGES, "all"]), default="all", show_default=True, help="which part to build"
)
@click.option("--parse-only", is_flag=True, help="only read the models and write dbt's manifest; needs no database")
def build(month: str | None, is_all: bool, status: str, cutoff: str | None, stage: str, parse_only: bool) -> None:
    """Build months of the warehouse with dbt: MONTH and the month before, or every month of which something came.

    Without MONTH everything that arrived counts; of a month with a final release, what that release counted.
    """
    settings = read_settings()
    checked_before = None
    if parse_only:
        click.echo(f"manifest: {parse_project(settings)}")
        return
    if (month and is_all) or (cutoff and not month):
        raise ActionNeeded("--all builds every month and --cutoff is about one: give MONTH, or leave them out")
    if month:
        asked = parse_month(month)
        window = built_months.of_one_month(
            asked,
            parse_cutoff(cutoff, asked, status, settings.deployment.time_zone),
            settings.deployment.time_zone,
        )
    else:
        window, checked_before = _window_of_what_came(settings, is_all=is_all)
        if not window.built:
            click.echo("every month is built of all that was accepted: nothing to do")
    database.connect(settings).close()  # a database that does not answer is said here in a line, by dbt in many
    for one_stage in (STAGES if stage == "all" else (stage,)) if window.built else ():
        build_window(settings, window, one_stage, click.echo, from_nothing=is_all)
    if checked_before and (stage == "all" or not window.built):
        builds.record_check(settings, checked_before)
    with database.connect(settings) as connection:
        for line in held_events.told(settings, connection):
            click.echo(line)


def build_stage(settings: Settings, month: Month, cutoff: datetime, stage: str, report: Report) -> None:
    """Build the models of *stage* of *month* as of *cutoff*, and of the month before as it was final."""
    build_window(settings, built_months.of_one_month(month, cutoff, settings.deployment.time_zone), stage, report)


def build_window(settings: Settings, window: Window, stage: str, report: Report, *, from_nothing: bool = False) -> None:
    """Build the models and run the data tests of *stage*; raise ActionNeeded with dbt's last errors when one fails."""
    for each in window.built:
        report(f"{stage} of {each.month}, counting what was received before {each.cutoff.isoformat()}: {each.reason}")
    options = ["--exclude-resource-type", "unit_test", *(["--full-refresh"] if from_nothing else [])]
    variables = json.dumps(window.variables(settings.deployment.time_zone))
    with builds.recorded(settings, window, stage):
        run_dbt(
            settings,
            ["build", "--select", f"tag:{stage}", *options, "--vars", variables],
            _connection(settings),
            report,
        )
    report(f"{stage} of {built_months.month_names(window.built)}: built and tested")


def _window_of_what_came(settings: Settings, *, is_all: bool) -> tuple[Window, datetime]:
    """What is to be built, and the instant before which all that was stored has been looked at for it."""
    with database.connect(settings) as connection:
        checked_before = touched_months.landed_before(connection)
        due = touched_months.due(settings, connection, is_all=is_all)
        for month in due.not_begun:
            click.echo(f"{month} has not begun: what came for it counts when it has")
        window = built_months.of_all_that_arrived(
            due.reasons,
            touched_months.arrived_before(connection),
            touched_months.final_releases(connection),
            settings.deployment.time_zone,
        )
        return window, checked_before


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
