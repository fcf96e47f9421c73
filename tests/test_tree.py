"""Rules of the tree that no linter knows: who may import whom, what a command owes its user, how large files grow."""

import ast
import importlib.metadata
import subprocess
import sys
from pathlib import Path

import click
import pytest

from infra.settings import ROOT, VARIABLES

PACKAGES = ("infra", "ingest", "expectations", "kpi")
MAY_IMPORT = {"infra": {"infra"}} | {name: {name, "infra"} for name in PACKAGES[1:]}
COMMANDS = sorted(importlib.metadata.entry_points(group="pulssi.commands"), key=lambda entry: entry.name)


def modules():
    found = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    assert len(found) > 30
    return found


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_meet_in_postgres_and_not_in_imports(package):
    imported = {
        (path.name, name.split(".")[0])
        for path in modules()
        if path.relative_to(ROOT).parts[0] == package
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in _names(node)
    }

    ours = {(file, name) for file, name in imported if name in {*PACKAGES, "dags", "tests"}}
    assert {(file, name) for file, name in ours if name not in MAY_IMPORT[package]} == set()


def test_every_module_says_what_it_does():
    silent = [path.name for path in modules() if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))]

    assert silent == []


def test_no_file_grows_past_three_hundred_lines():
    files = [*modules(), *(ROOT / "tests").rglob("*.py"), *(ROOT / "dags").glob("*.py")]

    assert [path.name for path in files if len(path.read_text(encoding="utf-8").splitlines()) > 300] == []


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.name)
def test_every_command_has_help_with_an_example(entry):
    command = entry.load()

    for each in (command, *(command.commands.values() if isinstance(command, click.Group) else ())):
        assert each.help, each.name
        assert "Example: " in (each.epilog or ""), each.name


def test_the_command_line_lists_every_command():
    result = subprocess.run(
        [sys.executable, "-m", "infra", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert [entry.name for entry in COMMANDS if entry.name not in result.stdout] == []


def test_every_setting_is_in_the_example_environment():
    lines = (ROOT / ".env.example").read_text().splitlines()

    assert {line.split("=")[0] for line in lines if line.startswith("PULSSI_")} == set(VARIABLES)


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        ({"PULSSI_DATABSE_URL": "x"}, "unknown setting PULSSI_DATABSE_URL"),
        ({"PULSSI_DATABASE_URL": "mysql://x"}, "PULSSI_DATABASE_URL does not begin with postgresql://"),
        ({"PULSSI_KAFKA_PORT": "80"}, "PULSSI_KAFKA_PORT is '80': give a whole number from 1024"),
        ({"PULSSI_DEPLOYMENT": "demmo"}, "PULSSI_DEPLOYMENT is 'demmo'"),
        ({"PULSSI_KAFKA_CLIENT": "java"}, "give kafka-python or librdkafka"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_its_name(variables, says):
    command = [sys.executable, "-m", "infra", "url"]

    result = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)

    assert result.returncode == 1
    assert says in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def _names(node):
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.level == 0:
        return [node.module or ""]
    return []


def test_the_readme_is_short_enough_to_be_read():
    assert len(Path(ROOT / "README.md").read_text(encoding="utf-8").splitlines()) < 100
