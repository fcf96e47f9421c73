"""A month through the real Airflow."""

import psycopg
import pytest

from infra import airflow, database

pytestmark = pytest.mark.services


def test_a_blocked_gate_stops_the_line_and_names_the_check(make_deployment):
    settings, _ = make_deployment()
    assert airflow.prepare(settings)
    assert not airflow.prepare(settings)
    said: list[str] = []

    failed = airflow.run_dag(
        settings, airflow.DAG_ID, {"month": "2026-10", "status": "final"}, lambda text, **_: said.append(text)
    )

    assert failed == ["gate_landing"]
    assert any("BLOCKED by landing.events.events_were_received" in line for line in said)
    with psycopg.connect(database.url(settings, airflow.DATABASE)) as connection:
        states = dict(connection.execute("select task_id, state from task_instance").fetchall())
    assert states.pop("gate_landing") == "failed"
    assert set(states.values()) == {"upstream_failed"}
    assert len(states) == 9
