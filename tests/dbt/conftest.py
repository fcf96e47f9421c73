"""The warehouse of the hand-made October, built once for the tests of models."""

import subprocess
import sys
from pathlib import Path

import hand_made_landing
import hand_made_october
import pytest
from psycopg.rows import dict_row

from infra import database


@pytest.fixture(scope="session")
def october(make_deployment):
    """Settings of a deployment whose warehouse holds October 2026 and the month before."""
    settings, environment = make_deployment()
    hand_made_landing.write(settings, hand_made_october.events())
    command = [Path(sys.executable).parent / "pulssi", "build", "2026-10"]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return settings


@pytest.fixture(scope="session")
def rows(october):
    """A function that gives the rows of a query on that warehouse as dictionaries."""
    with database.connect(october) as connection:
        yield lambda query, *values: connection.cursor(row_factory=dict_row).execute(query, values).fetchall()
