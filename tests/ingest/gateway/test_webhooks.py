"""Webhooks over real HTTP: a vendor's payloads become events, and none that cannot is lost."""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import httpx
import pytest
from loading import load_all, rows, wait_for
from serving import new_token, serving

from infra import database
from ingest.dead_letters.replay import replay
from ingest.dead_letters.rows import Selection
from ingest.ledger import read_balance

pytestmark = pytest.mark.services

RECORDED = Path(__file__).parents[1] / "adapters"
REFERENCE = """
insert into reference.service_point
select point, 'x', 'x', 'x', 'L', '10', null, 'fi', 'kela', '2020-01-01', null
from unnest(array['mikkeli', 'oulu', 'inari']) as point
"""


def recorded(adapter, name):
    return json.loads((RECORDED / adapter / f"{name}.json").read_text(encoding="utf-8"))["payload"]


SCOPES = {
    "points": ("/points", None),
    "mikkeli": ("/points/mikkeli", ("mikkeli",)),
    "mikkeli_queue": ("/points/mikkeli/queue", ("mikkeli",)),
    "oulu": ("/points/oulu", None),
    "about_oulu": ("/points", ("oulu",)),
    "vero": ("/agencies/vero", None),
}


@pytest.fixture(scope="module")
def module_port(service_environment):
    return int(service_environment["PULSSI_KAFKA_PORT"]) + 7


@pytest.fixture(scope="module")
def gateway(make_deployment, module_port):
    """A gateway of a deployment with three installations and the points they are about: settings, address, tokens."""
    settings, environment = make_deployment()
    folder = settings.deployment.folder / "installations"
    folder.mkdir()
    for adapter in ("smiley_device", "queue_system", "booking_system"):
        shutil.copy(RECORDED / adapter / "installation.yml", folder / f"{adapter}.yml")
    with database.connect(settings) as connection:
        connection.execute(REFERENCE)
    tokens = {name: new_token(settings, name, source, points) for name, (source, points) in SCOPES.items()}
    with serving(environment, module_port) as address:
        yield settings, address, tokens


@pytest.fixture(scope="module")
def run(gateway, service_environment):
    """Runs a pulssi command in the deployment of the gateway."""
    environment = {**os.environ, **service_environment, "PULSSI_DEPLOYMENT": str(gateway[0].deployment.folder)}

    def command(*arguments):
        whole = [sys.executable, "-m", "infra", *arguments]
        return subprocess.run(whole, env=environment, capture_output=True, text=True, check=True).stdout

    return command


def post(address, installation, token, body, **headers):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.post(f"{address}/v1/webhooks/{installation}", content=content, headers=named, timeout=30)


def events_in_landing(settings):
    return {row[0]: row[1:] for row in rows(settings, "select event_id, event_type, received_at from landing.event")}


def received_minute(settings, event_id):
    return f"{events_in_landing(settings)[event_id][1]:%H:%M}"


def replayed(settings):
    return sum(replay(settings, Selection(), 100), start=Counter())


def is_balanced(settings):
    with database.connect(settings) as connection:
        return read_balance(connection).faults == []


def assert_balances(settings):
    """The gateway writes what it has counted once a second: the loader may be quicker."""
    wait_for(lambda: is_balanced(settings), seconds=10)


def test_payloads_are_taken_kept_or_ignored_and_after_a_mended_setting_all_are_there(gateway):
    settings, address, tokens = gateway
    token = tokens["points"]
    press, text = recorded("smiley_device", "press"), recorded("smiley_device", "text")
    unknown = recorded("smiley_device", "unknown_device") | {"feedbackId": "f-unknown"}
    skipped = recorded("smiley_device", "followup_skipped")
    lines = [*(json.dumps(one).encode() for one in (press, text, unknown, skipped, press)), b'{"feedbackId": "cut o']
    times = ",".join(f"2026-10-05T06:2{minute}:00Z" for minute in range(6))

    answer = post(address, "smiley_device", token, b"\n".join(lines), Pulssi_Received_Time=times)

    assert answer.status_code == 202
    outcomes = [one["outcome"] for one in answer.json()["payloads"]]
    assert outcomes == ["accepted", "accepted", "set_aside", "ignored", "duplicate", "set_aside"]
    assert answer.json()["payloads"][2]["fix"].startswith("smileyId: a code that settings.devices does not list")

    assert load_all(settings) == {"accepted": 2, "duplicate": 0, "rejected": 2, "held": 0}
    received = {event_id: received_minute(settings, event_id) for event_id in events_in_landing(settings)}
    assert received == {press["feedbackId"]: "06:20", f"{press['feedbackId']}:2": "06:21"}
    letters = rows(settings, "select source, reason_code, reason_text from ops.dead_letter order by reason_text")
    assert [(source, code) for source, code, _ in letters] == [("/points", "not_translated")] * 2
    assert letters[0][2].startswith("payload: not JSON")
    assert_balances(settings)

    file = settings.deployment.folder / "installations" / "smiley_device.yml"
    mended = "49999: {point: oulu, path: /oulu/devices/x, scale: faces_5}\n    41001: "
    file.write_text(file.read_text().replace("41001: ", mended))
    assert replayed(settings) == {"translated": 1, "rejected": 1}
    assert load_all(settings)["accepted"] == 1
    assert received_minute(settings, "f-unknown") == "06:22"
    assert replayed(settings) == {"rejected": 1}
    assert_balances(settings)


def test_a_vendor_that_sends_again_changes_nothing(gateway):
    settings, address, tokens = gateway
    token = tokens["mikkeli"]
    payload = recorded("queue_system", "desk_logged_out") | {"eventId": "ev-again"}

    answers = [post(address, "queue_system", token, payload) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json()["payloads"][0]["events"] == ["ev-again:1", "ev-again:2"]
    assert load_all(settings) == {"accepted": 2, "duplicate": 2, "rejected": 0, "held": 0}


def test_an_event_that_its_contract_refuses_sets_the_whole_payload_aside(gateway):
    settings, address, tokens = gateway
    token = tokens["mikkeli_queue"]
    payload = recorded("queue_system", "ticket_created") | {"eventId": "ev-crowd", "partySize": 1000}

    answer = post(address, "queue_system", token, [payload])

    assert answer.status_code == 202
    assert "party_size" in answer.json()["payloads"][0]["fix"]
    assert load_all(settings)["rejected"] == 1
    assert rows(settings, "select source, service_point_id from ops.dead_letter where reason_text ~ 'party_size'") == [
        ("/points/mikkeli/queue/mikkeli-q1", "mikkeli")
    ]


@pytest.mark.parametrize(
    ("installation", "scope", "status", "code"),
    [
        ("smiley_device", "vero", 403, "foreign_installation"),
        ("smiley_device", "oulu", 403, "foreign_source"),
        ("smiley_device", "about_oulu", 403, "foreign_point"),
        ("smiley_devices", "points", 404, "no_installation"),
    ],
)
def test_a_token_opens_its_own_installation_only(gateway, installation, scope, status, code):
    _, address, tokens = gateway

    answer = post(address, installation, tokens[scope], recorded("smiley_device", "press"))

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_caller_without_a_token_or_with_a_wrong_time_of_receipt_is_told(gateway):
    _, address, tokens = gateway
    token = tokens["points"]
    press = recorded("smiley_device", "press")

    assert post(address, "smiley_device", "pulssi_x", press).status_code == 401
    for wrong in ("2026-10-05T06:20:00", "0001-01-01T00:00:00+02:00", "yesterday", "2026-10-05T06:20:00Z," * 3):
        answer = post(address, "smiley_device", token, [press, press], Pulssi_Received_Time=wrong)
        assert (answer.status_code, answer.json()["code"]) == (400, "received_time")


@pytest.mark.parametrize("scope", ["about_oulu", "oulu"])
def test_a_replay_allows_no_more_than_the_token_did_when_the_payload_came(gateway, scope):
    settings, address, tokens = gateway
    number = 59990 + len(scope)
    unknown = recorded("smiley_device", "unknown_device") | {"feedbackId": f"f-{scope}", "smileyId": number}
    assert post(address, "smiley_device", tokens[scope], unknown).json()["set_aside"] == 1
    load_all(settings)
    file = settings.deployment.folder / "installations" / "smiley_device.yml"
    before = file.read_text()

    for point, translated in (("mikkeli", 0), ("oulu", 1)):
        mended = f"{number}: {{point: {point}, path: /{point}/devices/x, scale: faces_5}}\n    41001: "
        file.write_text(before.replace("41001: ", mended))
        assert replayed(settings)["translated"] == translated


def test_what_is_nested_too_deep_to_be_written_again_is_kept_as_it_came(gateway):
    settings, address, tokens = gateway
    body = b'{"smileyId": ' + b"[" * 400 + b"]" * 400 + b"}"

    answer = post(address, "smiley_device", tokens["points"], body)

    assert (answer.status_code, answer.json()["set_aside"]) == (202, 1)
    assert load_all(settings)["rejected"] == 1
    assert_balances(settings)


def test_ends_of_service_with_a_code_that_no_adapter_knows_are_counted_by_source(gateway, run):
    settings, address, tokens = gateway
    unknown = recorded("queue_system", "ended_unknown_outcome")
    payloads = [unknown | {"eventId": f"ev-walked-{number}"} for number in range(3)]

    post(address, "queue_system", tokens["mikkeli"], [*payloads, recorded("queue_system", "served")])
    load_all(settings)

    told = run("adapters", "unmapped")
    assert [line.split()[0] for line in told.splitlines()] == ["3", "3"]
    assert "WALKED_TO_INFO" in told
    assert "/points/mikkeli/queue/mikkeli-q1" in told
