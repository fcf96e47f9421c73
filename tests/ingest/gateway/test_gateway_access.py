"""Who may send what, how much and how slowly, over real HTTP."""

import http.client
import select
import socket
import subprocess
import sys
import time
from datetime import timedelta

import httpx
import pytest
from loading import register, rows
from sample_events import event
from serving import BATCH, is_ready, metric, new_token, post, serving, wait_until

pytestmark = pytest.mark.services


@pytest.fixture(scope="module")
def gateway(make_deployment):
    """(settings, environment, address) of a gateway with small limits."""
    settings, environment = make_deployment()
    register(settings, "mikkeli", "pori")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    limits = ("--body-bytes", "20000", "--batch-events", "20", "--request-seconds", "1")
    with serving(environment, port, *limits, "--events-per-second", "5", "--burst-events", "40") as address:
        yield settings, environment, address


@pytest.fixture
def token(gateway, request):
    """A token of the test's own, so that no test spends another's rate."""
    settings, _, address = gateway
    issued = new_token(settings, request.node.name.replace("[", ".").replace("]", ""))
    wait_until(lambda: post(address, issued, []).status_code == 200)
    return issued


def test_without_a_valid_token_nothing_is_taken_and_it_is_counted(gateway):
    settings, _, address = gateway
    expired = new_token(settings, "expired", valid_for=timedelta(seconds=-1))
    wait_until(lambda: post(address, expired, []).json()["code"] == "expired_token")
    before = metric(address, 'pulssi_gateway_refused_requests_total{reason="unknown_token"}')

    answers = [post(address, "pulssi_wrong", [event(1)]), httpx.post(f"{address}/v1/events", content=b"[]")]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        (401, "unknown_token"),
        (401, "no_token"),
    ]
    assert answers[0].headers["WWW-Authenticate"] == "Bearer"
    assert metric(address, 'pulssi_gateway_refused_requests_total{reason="unknown_token"}') == before + 1


@pytest.mark.parametrize(
    ("foreign", "code"),
    [
        ({"source": "/points/mikkeli2/devices/d1"}, "foreign_source"),
        ({"source": "/points"}, "foreign_source"),
        ({"subject": "pori"}, "foreign_point"),
    ],
)
def test_one_event_of_another_installation_refuses_the_whole_request(gateway, token, foreign, code):
    settings, _, address = gateway

    answer = post(address, token, [event(1), event(2, **foreign)])

    assert (answer.status_code, answer.json()["code"], answer.json()["index"]) == (403, code, 1)
    assert metric(address, f'pulssi_gateway_refused_requests_total{{reason="{code}"}}') > 0
    assert rows(settings, "select count(*) from ops.produced") == [(0,)]


def test_a_token_revoked_by_command_stops_working_within_seconds(gateway, token):
    settings, environment, address = gateway
    ((name,),) = rows(settings, "select name from ops.gateway_token where name like '%revoked_by_command%'")

    command = [sys.executable, "-m", "infra", "tokens", "revoke", name]
    subprocess.run(command, env=environment, check=True, capture_output=True)

    wait_until(lambda: post(address, token, []).status_code == 401)


def test_a_token_issued_by_command_is_known_by_its_hash_and_its_last_use_is_kept(gateway):
    settings, environment, address = gateway
    command = [sys.executable, "-m", "infra", "tokens", "issue", "by-command", "--source", "/points/pori", "--point"]

    result = subprocess.run([*command, "pori"], env=environment, check=True, capture_output=True, text=True)
    issued = result.stdout.strip()

    wait_until(lambda: post(address, issued, []).status_code == 200)
    ((kept,),) = rows(settings, "select gateway_token::text from ops.gateway_token where name = 'by-command'")
    assert issued.removeprefix("pulssi_") not in kept
    assert issued.encode().hex() not in kept


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b" " * 20_001, 413, "too_large"),
        ([event(number) for number in range(21)], 422, "too_many_events"),
        (b"[" * 2000, 400, "not_json"),
        (b"{}", 400, "not_an_array"),
    ],
)
def test_what_is_too_large_or_no_batch_is_refused(gateway, token, body, status, code):
    _, _, address = gateway

    answer = post(address, token, body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_body_of_unsaid_length_is_refused_when_it_grows_too_large(gateway, token):
    _, _, address = gateway
    headers = {"Authorization": f"Bearer {token}", "Content-Type": BATCH}

    answer = httpx.post(f"{address}/v1/events", content=iter([b" " * 15_000] * 2), headers=headers)

    assert answer.status_code == 413


def test_a_way_to_send_that_is_none_of_the_four_is_refused_with_what_to_send(gateway, token):
    _, _, address = gateway

    answers = [post(address, token, event(1), kind) for kind in ("application/json", "text/csv")]

    assert [answer.status_code for answer in answers] == [415, 415]
    assert BATCH in answers[0].json()["fix"]


def test_a_token_that_sends_too_fast_is_told_when_to_come_again_and_another_is_not_held_up(gateway, token):
    settings, _, address = gateway
    other = new_token(settings, "unhurried")
    wait_until(lambda: post(address, other, []).status_code == 200)
    bad = [{"source": "/points/mikkeli"}] * 20  # rejected ones cost as much

    refused = [answer for answer in (post(address, token, bad) for _ in range(4)) if answer.status_code == 429]

    assert refused[-1].json()["code"] == "too_fast"
    assert 1 <= int(refused[-1].headers["Retry-After"]) <= 4
    assert post(address, other, bad[:1]).status_code == 422
    time.sleep(int(refused[-1].headers["Retry-After"]))
    assert post(address, token, bad).status_code == 422


def test_clients_that_stall_are_cut_off_and_hold_nobody(gateway, token):
    _, _, address = gateway
    host = address.removeprefix("http://")
    stalled = [socket.create_connection(tuple(host.split(":"))) for _ in range(50)]
    for each in stalled:
        each.sendall(b"POST /v1/events HTTP/1.1\r\nHost: x\r\nX-Slow:")
    body = http.client.HTTPConnection(host)
    body.putrequest("POST", "/v1/events")
    for name, value in (("Authorization", f"Bearer {token}"), ("Content-Type", BATCH), ("Content-Length", "100")):
        body.putheader(name, value)
    body.endheaders(b"[")

    assert post(address, token, []).status_code == 200
    still_open, _, _ = select.select([body.sock, *stalled], [], [], 0)
    assert still_open == []  # the one that was quick did not wait for those that were cut off
    assert body.getresponse().status == 408
    for each in stalled:
        each.settimeout(5)
        with pytest.raises((ConnectionError, AssertionError)):
            assert each.recv(1) == b"still open"
        each.close()
    body.close()
    assert is_ready(address)
