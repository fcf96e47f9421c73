"""A gateway keeps to its own OpenAPI description, and judges recordings without sending anything of them."""

import json
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from loading import load_all, register, rows
from recordings import good_queue, press
from serving import BATCH, new_token, post, serving, wait_until

pytestmark = pytest.mark.services

PATHS = {
    "/v1/events", "/v1/webhooks/{installation}", "/v1/conformance", "/v1/contracts", "/v1/contracts/asyncapi.json",
    "/v1/contracts/events.md", "/v1/contracts/schemas/{contract}.json", "/healthz", "/readyz", "/metrics",
}  # fmt: skip


@pytest.fixture(scope="module")
def gateway(make_deployment):
    """(settings, address, token) of a gateway without a rate."""
    settings, environment = make_deployment()
    register(settings, "mikkeli")
    token = new_token(settings)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with serving(environment, port, "--events-per-second", "1000000", "--burst-events", "1000000") as address:
        wait_until(lambda: post(address, token, []).status_code == 200)
        yield settings, address, token


def report(gateway, items, accept="application/json", token=None):
    _, address, own = gateway
    headers = {"Authorization": f"Bearer {token or own}", "Content-Type": BATCH, "Accept": accept}
    return httpx.post(f"{address}/v1/conformance", content=json.dumps(items), headers=headers, timeout=30)


def test_every_path_is_described(gateway):
    _, address, _ = gateway

    assert set(httpx.get(f"{address}/openapi.json").json()["paths"]) == PATHS


@pytest.mark.parametrize(("accept", "begins"), [("text/html", "<!doctype html>"), ("text/plain", "PASS"), ("*/*", "{")])
def test_a_recording_is_judged_in_the_form_that_is_asked_for(gateway, accept, begins):
    answer = report(gateway, good_queue(), accept)

    assert answer.status_code == 200
    assert answer.text.startswith(begins)


def test_of_a_recording_nothing_goes_to_kafka(gateway):
    settings, _, _ = gateway

    verdict = report(gateway, good_queue()).json()["verdict"]

    assert verdict == "pass"
    assert load_all(settings)["accepted"] == 0
    assert rows(settings, "select count(*) from ops.produced") == [(0,)]


def test_a_recording_of_another_installation_is_told_to_be_refused(gateway):
    (finding,) = [
        each
        for each in report(gateway, [press(1, source="/points/pori/devices/d1")]).json()["findings"]
        if each["code"] == "foreign"
    ]

    assert (finding["field"], finding["value"]) == ("source", "/points/pori/devices/d1")


@pytest.mark.parametrize(
    ("items", "token", "status"), [([], "pulssi_wrong", 401), ([press(n) for n in range(1001)], None, 422)]
)
def test_a_recording_needs_a_token_and_has_the_limits_of_events(gateway, items, token, status):
    assert report(gateway, items, token=token).status_code == status


def test_schemathesis_finds_no_answer_that_the_description_does_not_tell(gateway, tmp_path):
    _, address, token = gateway
    command = [
        *(str(Path(sys.executable).with_name("schemathesis")), "--config-file"),
        *(str(Path(__file__).with_name("schemathesis.toml")), "run", f"{address}/openapi.json"),
        *("-H", f"Authorization: Bearer {token}", "--max-time", "10", "--seed", "1", "--no-shrink", "--no-color"),
        *("--generation-database", ":memory:", "--warnings", "off"),
    ]

    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert result.returncode == 0, result.stdout[-5000:]
