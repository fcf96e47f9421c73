"""The project as dbt reads it, and the warehouses of the hand-made October and March, each made once for the tests."""

import subprocess
import sys
import tempfile
from pathlib import Path

import booking_stories
import generated_courses
import generated_tickets
import hand_made_landing
import hand_made_march
import hand_made_october
import pytest
import timelines
from psycopg.rows import dict_row

from infra import database
from infra.settings import read_settings
from kpi.build import parse_project
from kpi.metric_catalogue import read_manifest


@pytest.fixture(scope="session")
def manifest():
    """What dbt reads from the project; no database is needed."""
    with tempfile.TemporaryDirectory() as home:
        settings = read_settings({"PULSSI_HOME": home})
        parse_project(settings)
        yield read_manifest(settings)


@pytest.fixture(scope="session")
def october(make_deployment):
    """Settings of a deployment whose warehouse holds October 2026 and the month before."""
    settings, environment = make_deployment()
    hand_made_landing.write(settings, hand_made_october.events())
    build("2026-10", environment)
    return settings


@pytest.fixture(scope="session")
def rows(october):
    """A function that gives the rows of a query on that warehouse as dictionaries."""
    yield from rows_of(october)


@pytest.fixture(scope="session")
def march(make_deployment):
    """Settings of a deployment whose warehouse holds March 2027 and the month before."""
    settings, environment = make_deployment()
    reference, months = hand_made_march.add_reference, (1, 2, 3, 4)
    hand_made_landing.write(settings, hand_made_march.events(), reference, 2027, months)
    build("2027-03", environment)
    return settings


@pytest.fixture(scope="session")
def march_rows(march):
    """A function that gives the rows of a query on the warehouse of March as dictionaries."""
    yield from rows_of(march)


@pytest.fixture(scope="session")
def told(make_deployment):
    """Settings of a deployment whose warehouse holds what is told in words and what Hypothesis thought of."""
    settings, environment = make_deployment()
    generated = [*generated_tickets.events(), *generated_courses.events()]
    events = [*timelines.events(), *booking_stories.events(), *generated]

    def add_reference(connection):
        timelines.add_reference(connection, generated_courses.POINTS)

    hand_made_landing.write(settings, events, add_reference, 2027, (1, 2, 3, 4))
    build("2027-03", environment)
    return settings


@pytest.fixture(scope="session")
def rows_told(told):
    """A function that gives the rows of a query on that warehouse as dictionaries."""
    yield from rows_of(told)


def build(month, environment):
    command = [Path(sys.executable).parent / "pulssi", "build", month]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def rows_of(settings):
    with database.connect(settings) as connection:
        yield lambda query, *values: connection.cursor(row_factory=dict_row).execute(query, values).fetchall()
