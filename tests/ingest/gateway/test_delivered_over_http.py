"""Simulated events delivered over HTTP are what they would be straight from Kafka, and delivered once."""

import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from loading import load_all, register, rows
from serving import serving

from infra import database
from ingest.ledger import read_balance
from ingest.produce import send

pytestmark = pytest.mark.services

RECORDED = Path(__file__).parents[1] / "adapters"
LANDED = """
select event_id, event_type, service_point_id, time_precision, occurred_at, received_at, 
    data::jsonb - 'ticket_key' - 'booking_key'
from landing.event order by 1
"""
FATES = "select reason_code, source, count(*) from ops.dead_letter group by 1, 2 order by 1, 2"


def event(adapter, name, number):
    """A recorded event under another id, each received two seconds after the one before."""
    content = json.loads((RECORDED / adapter / f"{name}.json").read_text(encoding="utf-8"))["events"][0]
    received = datetime(2026, 10, 5, 7, 0, tzinfo=UTC) + timedelta(seconds=2 * number)
    return content | {"id": f"{name}-{number}", "receivedtime": f"{received:%Y-%m-%dT%H:%M:%SZ}"}


@pytest.fixture(scope="module")
def lines():
    kinds = [
        ("smiley_device", "press"),
        ("queue_system", "called"),
        ("queue_system", "ended_left"),
        ("booking_system", "booked"),
    ]
    told = [event(*kinds[number % 4], number) for number in range(240)]
    survey = {"mode": "web", "answers": [], "text": "Kiitos"}
    told += [event("smiley_device", "press", number) | {"data": survey} for number in range(240, 260)]
    repeated = told[0] | {"receivedtime": "2026-10-05T09:00:00Z"}
    other = told[4] | {"data": told[4]["data"] | {"placement": "lobby"}, "receivedtime": "2026-10-05T09:00:01Z"}
    broken = told[8] | {"id": "broken", "data": {"payload": {}}}
    whole = [json.dumps(one).encode() for one in (*told, repeated, other, broken)]
    return [whole[: len(told)], [*whole[len(told) :], whole[0][:70]]]


def deployed(make_deployment):
    settings, environment = make_deployment()
    folder = settings.deployment.folder / "installations"
    folder.mkdir()
    for adapter in ("smiley_device", "queue_system", "booking_system"):
        shutil.copy(RECORDED / adapter / "installation.yml", folder / f"{adapter}.yml")
    register(settings, "mikkeli")
    return settings, environment


def deliver(environment, file, address):
    command = [sys.executable, "-m", "infra", "deliver", str(file), "--gateway", address, "--batch-size", "50"]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_what_is_delivered_is_what_would_be_produced_and_a_second_run_sends_nothing(
    make_deployment, unused_port, tmp_path, lines
):
    # What comes hours later comes in a file of its own: sources of different ways are delivered side by side.
    first, later = lines
    files = [tmp_path / "events.ndjson", tmp_path / "later.ndjson"]
    for file, content in zip(files, lines, strict=True):
        file.write_bytes(b"\n".join(content) + b"\n")
    settings, environment = deployed(make_deployment)

    with serving(environment, unused_port) as address:
        told, told_later = (deliver(environment, file, address) for file in files)
        again = [deliver(environment, file, address) for file in files]

    assert f"delivered {len(first)} events" in told
    assert f"delivered {len(later)} events" in told_later
    for address in (
        "/v1/webhooks/smiley_device",
        "/v1/webhooks/queue_system",
        "/v1/webhooks/booking_system",
        "/v1/events",
    ):
        assert address in told
    assert "2  straight to Kafka" in told_later
    assert all(each.endswith("delivered 0 events\n") for each in again)
    produced, _ = deployed(make_deployment)
    send(produced, [*first, *later])
    assert load_all(settings) == load_all(produced) == {"accepted": 260, "duplicate": 1, "rejected": 3, "held": 0}
    assert rows(settings, LANDED) == rows(produced, LANDED)
    assert rows(settings, FATES) == rows(produced, FATES)
    with database.connect(settings) as connection:
        assert read_balance(connection).faults == []
        assert connection.execute("select count(*) from ops.gateway_token where revoked_at is null").fetchone() == (0,)
