"""Events over real HTTP into a real Kafka and on into landing: answered as they are stored, each once."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import openapi_spec_validator
import pytest
from loading import load_all, register, rows
from sample_events import event, line
from serving import BATCH, is_ready, log_of, metric, new_token, post, serving, wait_until

from infra import database
from ingest.ledger import read_balance

pytestmark = pytest.mark.services


@pytest.fixture
def deployment(make_deployment):
    settings, environment = make_deployment()
    register(settings, "mikkeli", "pori")
    return settings, environment


@pytest.fixture
def gateway(deployment, unused_port):
    """(settings, address, token) of a gateway that runs."""
    settings, environment = deployment
    token = new_token(settings)
    with serving(environment, unused_port) as address:
        yield settings, address, token


@contextlib.contextmanager
def stopped(settings):
    """Kafka, still but not gone."""
    broker = int((settings.home / "kafka" / "kafka.pid").read_text())
    os.kill(broker, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(broker, signal.SIGCONT)


def faults(settings):
    with database.connect(settings) as connection:
        return read_balance(connection).faults


def all_counted(address):
    wait_until(lambda: metric(address, "pulssi_gateway_uncounted_events") == 0)


def test_events_sent_in_all_four_ways_are_stored_and_the_ledger_balances(deployment, unused_port):
    settings, environment = deployment
    token = new_token(settings)
    binary = {f"ce-{name}": value for name, value in event(4).items() if name not in ("data", "datacontenttype")}

    with serving(environment, unused_port) as address:
        answers = [
            post(address, token, event(1), "application/cloudevents+json; charset=utf-8"),
            post(address, token, [event(2), event(3)], BATCH),
            post(address, token, event(4)["data"], "application/json", **binary),
            post(address, token, b"\n".join([line(5), b"", line(6)]) + b"\r\n", "application/x-ndjson"),
        ]

    assert [(answer.status_code, answer.json()["accepted"]) for answer in answers] == [
        (200, 1),
        (200, 2),
        (200, 1),
        (200, 2),
    ]
    assert load_all(settings) == {"accepted": 6, "duplicate": 0, "rejected": 0, "held": 0}
    assert faults(settings) == []
    stored = rows(settings, "select event_id, data::text from landing.event")
    assert {event_id: json.loads(data) for event_id, data in stored} == {
        event(number)["id"]: event(number)["data"] for number in range(1, 7)
    }


def test_a_batch_answers_for_each_event_and_only_the_good_ones_are_sent(gateway):
    settings, address, token = gateway
    unknown_field = event(2, data={"mode": "sms", "answers": [], "phone_number": "040 1234567"})
    conflicting = event(1, time="2026-10-05T09:16:00+03:00")

    answer = post(address, token, [event(1), unknown_field, event(1), conflicting])

    assert answer.status_code == 207
    assert [(each["outcome"], each.get("field"), each.get("value")) for each in answer.json()["events"]] == [
        ("accepted", None, None),
        ("rejected", "data.phone_number", "040 1234567"),
        ("duplicate", None, None),
        ("rejected", "id", event(1)["id"]),
    ]
    all_counted(address)
    assert load_all(settings) == {"accepted": 1, "duplicate": 0, "rejected": 0, "held": 0}
    assert faults(settings) == []


def test_what_is_rejected_leaves_no_trace_of_its_values(deployment, unused_port):
    settings, environment = deployment
    token = new_token(settings)
    bad = event(1, data={"mode": "sms", "answers": [], "phone_number": "040 7654321"})

    with serving(environment, unused_port) as address:
        assert post(address, token, bad, "application/cloudevents+json").status_code == 422
        told = httpx.get(f"{address}/metrics").text

    assert "7654321" not in told + log_of(environment).read_text()
    assert load_all(settings) == {"accepted": 0, "duplicate": 0, "rejected": 0, "held": 0}


def test_while_kafka_is_away_503_and_the_batch_sent_again_only_adds_duplicates(gateway):
    settings, address, token = gateway
    batch = [event(number) for number in range(10)]

    with stopped(settings):
        refused = post(address, token, batch)
        wait_until(lambda: not is_ready(address))
    wait_until(lambda: is_ready(address))
    answers = [post(address, token, batch), post(address, token, batch)]

    assert (refused.status_code, refused.json()["code"]) == (503, "kafka_away")
    assert int(refused.headers["Retry-After"]) > 0
    assert [answer.json()["accepted"] for answer in answers] == [10, 10]
    all_counted(address)
    assert load_all(settings) == {"accepted": 10, "duplicate": 20, "rejected": 0, "held": 0}
    assert faults(settings) == []  # what Kafka confirmed too late for the device was counted when it did


def test_a_gateway_told_to_stop_counts_what_kafka_has(deployment, unused_port):
    settings, environment = deployment
    token = new_token(settings)

    with serving(environment, unused_port) as address:
        assert post(address, token, [event(number) for number in range(100)]).json()["accepted"] == 100

    assert rows(settings, "select sum(produced_count) from ops.produced") == [(100,)]


def test_the_loader_can_do_without_what_a_killed_gateway_had_not_counted(deployment, unused_port):
    settings, environment = deployment
    token = new_token(settings)
    command = [sys.executable, "-m", "infra", "gateway", "--port", str(unused_port)]
    address = f"http://127.0.0.1:{unused_port}"

    with subprocess.Popen(command, env=environment) as process:
        wait_until(lambda: is_ready(address))
        post(address, token, [event(1)])
        all_counted(address)
        wait_until(lambda: rows(settings, "select sum(produced_count) from ops.produced") == [(1,)])
        post(address, token, [event(2)])
        process.kill()

    assert load_all(settings)["accepted"] == 2
    assert [fault for fault in faults(settings) if "1 produced, 2 in the ledger" in fault] == faults(settings) != []


def test_the_description_is_valid_openapi_and_holds_every_contract(gateway):
    _, address, _ = gateway

    described = httpx.get(f"{address}/openapi.json").json()

    assert described["openapi"].startswith("3.1")
    openapi_spec_validator.OpenAPIV31SpecValidator(described).validate()
    contracts = {path.name.split(".v")[0] for path in Path("ingest/contracts").glob("*/*.v1.json")}
    assert contracts <= {name.split(".")[3] for name in described["components"]["schemas"] if name.startswith("fi.")}
