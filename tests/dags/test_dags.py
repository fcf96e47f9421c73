"""The DAGs: documented, quiet about the past, and calling only commands that people can type."""

import json
import os
import shlex
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import click
import jinja2
import pytest

from infra.cli import pulssi
from infra.settings import ROOT

GATES = ["gate_landing", "gate_marts", "gate_metrics", "gate_release"]
TENTH = datetime.fromisoformat("2026-11-10T06:00:00+02:00")


@pytest.fixture(scope="module")
def dags(tmp_path_factory):
    environment = {
        **os.environ,
        "AIRFLOW_HOME": str(tmp_path_factory.mktemp("airflow")),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    }
    command = [sys.executable, Path(__file__).with_name("read_dags.py"), ROOT / "dags"]
    printed = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    found = json.loads(printed.strip().splitlines()[-1])
    assert found["errors"] == {}
    assert found["dags"], "no DAG found: every test below would pass on nothing"
    return found["dags"]


@pytest.fixture(scope="module")
def tasks(dags):
    return [task for dag in dags for task in dag["tasks"]]


def rendered(command, run_after=TENTH, **given):
    """A task's command as Airflow would render it for a run at a moment, with params."""
    return jinja2.Template(command).render(
        params={"month": None, "status": None, "cutoff": None} | given,
        dag_run=SimpleNamespace(run_after=run_after),
        dag=SimpleNamespace(timezone=ZoneInfo("Europe/Helsinki")),
        macros=SimpleNamespace(timedelta=timedelta),
    )


def test_every_dag_says_what_it_makes_and_what_to_do_when_it_fails(dags):
    assert [dag["dag_id"] for dag in dags if "**Triage**" not in (dag["doc_md"] or "")] == []


def test_every_dag_has_its_tier_and_leaves_the_past_alone(dags):
    assert [dag["dag_id"] for dag in dags if not any(tag.startswith("tier-") for tag in dag["tags"])] == []
    assert [(dag["catchup"], dag["max_active_runs"]) for dag in dags] == [(False, 1)] * len(dags)


def test_a_blocked_gate_waits_for_a_person_and_other_tasks_are_tried_again_after_a_while(tasks):
    assert [task["task_id"] for task in tasks if task["retries"] == 0] == GATES
    assert all(task["retry_delay_seconds"] >= 60 for task in tasks)


def test_tasks_call_only_commands_that_exist_with_arguments_that_they_take(tasks):
    for task in tasks:
        program, name, *arguments = shlex.split(rendered(task["command"]))
        command = pulssi.get_command(click.Context(pulssi), name)
        if isinstance(command, click.Group):
            name, command, arguments = command.resolve_command(click.Context(command), arguments)

        assert (task["kind"], program) == ("BashOperator", "pulssi")
        assert command is not None, f"there is no command pulssi {name}"
        command.make_context(name, arguments)


def test_every_stage_runs_after_its_gate(dags):
    [release] = [dag for dag in dags if dag["dag_id"] == "monthly_release"]

    assert [(task["task_id"], task["upstream"]) for task in release["tasks"]] == [
        ("gate_landing", []),
        ("build_marts", ["gate_landing"]),
        ("gate_marts", ["build_marts"]),
        ("build_metrics", ["gate_marts"]),
        ("gate_metrics", ["build_metrics"]),
        ("estimate", ["gate_metrics"]),
        ("gate_release", ["estimate"]),
        ("release", ["gate_release"]),
        ("report", ["release"]),
        ("feed", ["release"]),
    ]


@pytest.mark.parametrize(
    ("run_after", "given", "expected"),
    [
        ("2026-11-10T06:00:00+02:00", {}, "2026-10 --status final"),
        ("2026-11-03T06:00:00+02:00", {}, "2026-10 --status provisional"),
        ("2026-11-09T21:59:00+00:00", {}, "2026-10 --status provisional"),
        ("2026-11-09T22:00:00+00:00", {}, "2026-10 --status final"),
        ("2027-01-10T06:00:00+02:00", {}, "2026-12 --status final"),
        ("2026-10-31T23:00:00+00:00", {}, "2026-10 --status provisional"),
        ("2026-11-22T06:00:00+02:00", {"month": "2026-09", "status": "provisional"}, "2026-09 --status provisional"),
        (
            "2026-11-22T06:00:00+02:00",
            {"cutoff": "2026-11-12T00:00:00+02:00"},
            "2026-10 --status final --cutoff 2026-11-12T00:00:00+02:00",
        ),
    ],
)
def test_a_run_is_about_the_month_before_it_or_the_one_it_was_given(dags, run_after, given, expected):
    [release] = [dag for dag in dags if dag["dag_id"] == "monthly_release"]
    commands = {rendered(task["command"], datetime.fromisoformat(run_after), **given) for task in release["tasks"]}

    month = expected.split()[0]
    assert {f"pulssi gate landing {expected}", f"pulssi build {expected} --stage marts"} <= commands
    assert [command for command in commands if f" {month}" not in command] == []
