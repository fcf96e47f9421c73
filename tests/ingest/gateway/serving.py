"""A gateway in a process of its own, tokens for it, and a client."""

import contextlib
import json
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import httpx

from infra import database
from ingest.gateway.tokens import issue

BATCH = "application/cloudevents-batch+json"
SOURCE = "/points/mikkeli"


def new_token(settings, name="d1", source=SOURCE, points=("mikkeli",), valid_for=timedelta(days=1)):
    with database.connect(settings) as connection:
        return issue(connection, name, source, None if points is None else list(points), valid_for)


@contextlib.contextmanager
def serving(environment, port, *options):
    """The address of a running gateway."""
    command = [sys.executable, "-m", "infra", "gateway", "--port", str(port), *options]
    address = f"http://127.0.0.1:{port}"
    with log_of(environment).open("ab") as log, subprocess.Popen(command, env=environment, stderr=log) as process:
        try:
            wait_until(lambda: process.poll() is not None or is_ready(address))
            assert process.poll() is None, log_of(environment).read_text()[-3000:]
            yield address
        finally:
            process.terminate()
            assert process.wait(30) in (0, -15), log_of(environment).read_text()[-3000:]


def log_of(environment):
    return Path(environment["PULSSI_HOME"]) / "gateway.log"


def is_ready(address):
    try:
        return httpx.get(f"{address}/readyz", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def wait_until(holds, seconds=30):
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it did not come true in time"
        time.sleep(0.1)


def post(address, token, body, content_type=BATCH, timeout=30, **headers):
    """POST *body* (bytes, or what becomes JSON) to /v1/events."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.post(
        f"{address}/v1/events",
        content=content,
        headers={"Authorization": f"Bearer {token}", "Content-Type": content_type, **named},
        timeout=timeout,
    )


def metric(address, line):
    """The value of one line of /metrics, 0 when it is not there."""
    for each in httpx.get(f"{address}/metrics").text.splitlines():
        if each.startswith(line + " "):
            return float(each.split()[-1])
    return 0.0
