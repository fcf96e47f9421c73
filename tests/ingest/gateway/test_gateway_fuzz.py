"""Bodies and headers that nobody should send: each is answered, none with a fault of ours."""

import json
import socket

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from loading import load_all, register, rows
from sample_events import event
from serving import BATCH, is_ready, log_of, metric, new_token, serving, wait_until

pytestmark = pytest.mark.services

KINDS = [BATCH, "application/cloudevents+json", "application/x-ndjson", "application/json"]
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=15,
)
changed_events = st.builds(
    lambda number, name, value: event(number) | {name: value},
    st.integers(0, 1000),
    st.sampled_from(sorted(event(1))),
    values,
)
bodies = st.one_of(
    st.binary(max_size=300),
    values.map(lambda value: json.dumps(value).encode()),
    st.lists(changed_events | values, max_size=5).map(lambda batch: json.dumps(batch).encode()),
    changed_events.map(lambda one: json.dumps(one).encode()),
    st.lists(changed_events, max_size=5).map(lambda some: b"\n".join(json.dumps(one).encode() for one in some)),
    st.integers(1, 3000).map(lambda depth: b'[{"data":' * depth),
)
header_values = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=30)
headers = st.dictionaries(
    st.sampled_from(["ce-id", "ce-source", "ce-type", "ce-specversion", "ce-time", "ce-subject", "ce-data", "ce-x"]),
    header_values | st.sampled_from(["1.0", "%FF", "/points/mikkeli", "fi.pulssi.feedback.given.v1"]),
)


@pytest.fixture(scope="module")
def gateway(make_deployment):
    """(settings, a client with a token) of a gateway without a rate."""
    settings_, environment = make_deployment()
    register(settings_, "mikkeli")
    token = new_token(settings_)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with serving(environment, port, "--events-per-second", "1000000", "--burst-events", "1000000") as address:
        wanted = {"Authorization": f"Bearer {token}"}
        with httpx.Client(base_url=address, headers=wanted, timeout=30) as client:
            yield settings_, client


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kind=st.sampled_from(KINDS) | header_values, body=bodies, named=headers)
def test_whatever_is_sent_is_answered_and_never_with_a_5xx(gateway, kind, body, named):
    _, client = gateway

    answer = client.post("/v1/events", content=body, headers={**named, "Content-Type": kind})

    assert answer.status_code < 500
    assert answer.json().keys() >= {"fix"} or answer.json().keys() == {"accepted", "duplicate", "rejected", "events"}


def test_after_all_of_it_the_gateway_is_ready_and_the_loader_agrees_with_what_it_accepted(gateway):
    settings_, client = gateway

    load_all(settings_)

    assert is_ready(str(client.base_url).rstrip("/"))
    reasons = rows(settings_, "select distinct reason_code from ops.dead_letter")
    assert set(reasons) <= {("conflict",)}  # two requests may hold one id: only the loader sees them all


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\x16\x03\x01\x02\x00",
        b"GET\r\n\r\n",
        b"POST /v1/events HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"\x00" * 70_000,
    ],
)
def test_what_is_no_http_is_cut_off(gateway, request_bytes):
    _, client = gateway
    with socket.create_connection((client.base_url.host, client.base_url.port)) as connection:
        connection.settimeout(15)

        connection.sendall(request_bytes)

        received = b""
        try:
            while part := connection.recv(4096):
                received += part
        except ConnectionError:
            pass
    assert not received or received.startswith(b"HTTP/1.1 4")


def test_an_answer_that_nobody_waits_for_any_more_is_no_fault(gateway):
    settings_, client = gateway
    wait_until(lambda: client.post("/v1/events", content=b"[]", headers={"Content-Type": BATCH}).status_code == 200)
    log = log_of({"PULSSI_HOME": str(settings_.home)})
    before = len(log.read_text())
    token = client.headers["Authorization"]
    body = json.dumps([event(1)]).encode()  # all in one packet, so that it is read at once
    head = f"POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: {token}\r\nContent-Type: {BATCH}\r\n"
    request = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body

    for _ in range(20):
        with socket.create_connection((client.base_url.host, client.base_url.port)) as connection:
            connection.settimeout(15)
            connection.sendall(request * 2 + b"no request\r\n\r\n")
            connection.recv(1)

    wait_until(lambda: metric(str(client.base_url).rstrip("/"), "pulssi_gateway_requests_at_once") == 0)
    assert "Traceback" not in log.read_text()[before:]
