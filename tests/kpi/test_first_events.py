"""An empty deployment: the commands of the README show the durations of a visit, and say what is missing."""

import json
import shlex
import shutil
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from infra import database
from infra.settings import ROOT

ARRIVED = datetime.fromisoformat("2026-10-05T09:00:00+03:00")
STEPS = (
    (0, "ticket_issued", {"queue_code": "kela_general", "agency": "kela", "access": "walk_in", "purpose": "service"}),
    (7, "called", {}),
    (8, "service_started", {}),
    (20, "service_ended", {"end_state": "completed"}),
)
DURATIONS = """
    select service_point_id, first_wait_seconds, preparation_seconds, service_seconds
    from warehouse.fct_service_events
    order by service_point_id
"""


@pytest.fixture(scope="module")
def deployment(make_deployment):
    """Settings and environment of a deployment with its folder of reference data, of which nothing has been loaded."""
    settings, environment = make_deployment()
    for file in (ROOT / "infra" / "deployments" / "demo").glob("*.csv"):
        shutil.copy(file, settings.deployment.folder)
    return settings, environment


def test_produce_load_and_build_show_a_visit_and_name_the_command_for_one_that_is_held(deployment, tmp_path):
    settings, environment = deployment
    (tmp_path / "some.ndjson").write_text("\n".join(json.dumps(each) for each in visits("mikkeli", "nowhere")))

    run(environment, "produce", tmp_path / "some.ndjson")
    run(environment, "load")
    said = run(environment, "build")

    assert durations(settings) == [("mikkeli", 420, 60, 720)]
    assert "4 events are held and in no number" in said
    assert "4 of nowhere" in said

    register(settings.deployment.folder / "service_points.csv", "nowhere")
    for command in said.splitlines()[-1].split("then: ")[1].split(" && "):
        run(environment, *shlex.split(command)[1:])

    assert durations(settings) == [("mikkeli", 420, 60, 720), ("nowhere", 420, 60, 720)]


def visits(*points):
    """The CloudEvents of one visit to each point: seven minutes' wait, one to the desk, twelve of service."""
    for point in points:
        for minutes, name, fields in STEPS:
            yield {
                "specversion": "1.0",
                "id": f"{point}-{name}",
                "source": f"/points/{point}/queue/q1",
                "subject": point,
                "type": f"fi.pulssi.queue.{name}.v1",
                "time": (ARRIVED + timedelta(minutes=minutes)).isoformat(),
                "timeprecision": "second",
                "data": {"ticket_key": "ticket-0001", **fields},
            }


def register(file, point):
    lines = file.read_text(encoding="utf-8").splitlines()
    known = next(line for line in lines if line.startswith("mikkeli,"))
    file.write_text("\n".join([*lines, known.replace("mikkeli,", f"{point},", 1)]) + "\n", encoding="utf-8")


def run(environment, *arguments):
    command = [Path(sys.executable).parent / "pulssi", *arguments]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def durations(settings):
    with database.connect(settings) as connection:
        return connection.execute(DURATIONS).fetchall()
