"""How fast is the gateway, beside the same server that only parses JSON and produces to Kafka? Run by make bench.

Both servers, the load and Kafka share the machine. Batches: connections that send one after the other as fast as they
are answered, the servers in turn. Single events: sent at a fixed rate, timed from when they were due, so that a stall
counts for all whom it made wait. An answer counts only when Kafka has confirmed. A ratio compares one run only.
"""

import asyncio
import contextlib
import itertools
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import orjson
from bench_load import POINTS, generate
from fastapi import FastAPI, Request, Response

from infra import database, embedded_kafka, embedded_postgres, services
from infra.settings import read_settings
from ingest.contracts import families, read_contracts
from ingest.gateway.command import serve
from ingest.gateway.limits import Limits
from ingest.gateway.tokens import issue
from ingest.kafka import client as kafka_client

BATCH = 100
CONNECTIONS = 8
ROUNDS = 3
PORTS = {"gateway": 18480, "parse and produce": 18481}
DEPLOYMENT = """\
database: bench
topic_prefix: bench
time_zone: Europe/Helsinki
trusts_received_time: false
partitions: 8
retention_days: 7
"""


@click.group()
def main() -> None:
    """Measure the gateway."""


@main.command(epilog="Example: python tests/benchmarks/bench_gateway.py run --seconds 10")
@click.option("--seconds", default=10, show_default=True, help="of load for each figure")
def run(seconds: int) -> None:
    """Batches of 100 on both servers in turn, then single events at two rates."""
    home = Path(tempfile.mkdtemp(prefix="pulssi-bench-"))
    home.chmod(0o755)
    (home / "bench").mkdir()
    (home / "bench" / "deployment.yml").write_text(DEPLOYMENT)
    environment = {
        "PULSSI_HOME": str(home),
        "PULSSI_POSTGRES_PORT": "25432",
        "PULSSI_KAFKA_PORT": "29392",
        "PULSSI_DEPLOYMENT": str(home / "bench"),
    }
    settings = read_settings(environment)
    try:
        list(services.start(settings))
        database.migrate(settings)
        with database.connect(settings) as connection:
            token = issue(connection, "bench", "/points", None, timedelta(days=1))
        report({**os.environ, **environment}, token, seconds)
    finally:
        embedded_kafka.shut_down(settings)
        embedded_postgres.shut_down(settings)
        shutil.rmtree(home)


@main.command(epilog="Example: python tests/benchmarks/bench_gateway.py baseline")
def baseline() -> None:
    """Serve the other side of the comparison: no token, no contract, no answer per event, no ledger."""
    settings = read_settings()
    topics = {family: kafka_client.topic_name(settings, family) for family in families(read_contracts())}
    producers: list[kafka_client.AcknowledgingProducer] = []

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        producers.append(kafka_client.open_producer(settings, lambda *_: None))
        yield

    app = FastAPI(lifespan=lifespan)

    @app.post("/v1/events")
    async def post_events(request: Request) -> Response:
        content = orjson.loads(await request.body())
        events = content if isinstance(content, list) else [content]
        await producers[0].send(
            [
                kafka_client.Message(
                    topics[event["type"].split(".")[2]],
                    (event.get("subject") or event["source"]).encode(),
                    orjson.dumps(event),
                    None,
                )
                for event in events
            ]
        )
        return Response(b'{"accepted":%d}' % len(events), media_type="application/json")

    serve(app, "127.0.0.1", PORTS["parse and produce"], Limits())


def report(environment: dict[str, str], token: str, seconds: int) -> None:
    limits = ["--events-per-second", "10000000", "--burst-events", "10000000"]
    commands = {
        "gateway": [sys.executable, "-m", "infra", "gateway", "--port", str(PORTS["gateway"]), *limits],
        "parse and produce": [sys.executable, __file__, "baseline"],
    }
    bodies = batches(token)
    singles = ones(token)
    processes = []
    try:
        for name, command in commands.items():
            processes.append(subprocess.Popen(command, env=environment))
            wait_for(PORTS[name])
        asyncio.run(as_fast_as_answered(PORTS["gateway"], bodies, 2))
        asyncio.run(as_fast_as_answered(PORTS["parse and produce"], bodies, 2))
        figures: dict[str, list[float]] = {name: [] for name in PORTS}
        for name in [*PORTS] * ROUNDS:
            count = asyncio.run(as_fast_as_answered(PORTS[name], bodies, seconds))
            figures[name].append(count * BATCH / seconds)
        tell_batches(figures)
        for name, rate in itertools.product(PORTS, (200, 500)):
            tell_singles(name, rate, asyncio.run(at_rate(PORTS[name], singles, rate, seconds)))
    finally:
        for process in processes:
            process.terminate()
            process.wait(30)


def tell_batches(figures: dict[str, list[float]]) -> None:
    click.echo(f"\nbatches of {BATCH}, {CONNECTIONS} connections, events/s, the median of {ROUNDS} rounds in turn")
    for name, rates in figures.items():
        click.echo(f"  {name:<20}{statistics.median(rates):>9,.0f}   ({min(rates):,.0f} to {max(rates):,.0f})")
    ratio = statistics.median(figures["gateway"]) / statistics.median(figures["parse and produce"])
    click.echo(f"  ratio {ratio:.2f}\nsingle events, milliseconds until Kafka has them")


def tell_singles(name: str, rate: int, latencies: list[float]) -> None:
    percentiles = statistics.quantiles(latencies, n=100)
    click.echo(
        f"  {name:<20}{rate:>5}/s   p50 {percentiles[49] * 1000:6.1f}   p99 {percentiles[98] * 1000:6.1f}   "
        f"max {max(latencies) * 1000:6.1f}   ({len(latencies)} sent)"
    )


async def as_fast_as_answered(port: int, requests: Iterator[bytes], seconds: float) -> int:
    """Requests answered within *seconds* over all connections."""
    ends = time.monotonic() + seconds

    async def one_after_the_other() -> int:
        count = 0
        async with connected(port) as (reader, writer):
            while time.monotonic() < ends:
                await exchange(reader, writer, next(requests))
                count += 1
        return count

    return sum(await asyncio.gather(*(one_after_the_other() for _ in range(CONNECTIONS))))


async def at_rate(port: int, requests: Iterator[bytes], rate: int, seconds: int) -> list[float]:
    """Seconds from when each request was due until it was answered."""
    due_times = (time.monotonic() + 0.5 + number / rate for number in range(rate * seconds))
    due = iter(list(due_times))
    latencies: list[float] = []

    async def next_when_due() -> None:
        async with connected(port) as (reader, writer):
            for due_at in due:
                await asyncio.sleep(max(0, due_at - time.monotonic()))
                await exchange(reader, writer, next(requests))
                latencies.append(time.monotonic() - due_at)

    await asyncio.gather(*(next_when_due() for _ in range(CONNECTIONS * 4)))
    return latencies


@contextlib.asynccontextmanager
async def connected(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> None:
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    (length,) = (line[15:] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
    body = await reader.readexactly(int(length))
    assert head.startswith(b"HTTP/1.1 200"), (head + body)[:500]


def batches(token: str) -> Iterator[bytes]:
    events = recent_events()
    while True:
        body = b"[" + b",".join(itertools.islice(events, BATCH)) + b"]"
        yield as_request(token, "application/cloudevents-batch+json", body)


def ones(token: str) -> Iterator[bytes]:
    for event in recent_events():
        yield as_request(token, "application/cloudevents+json", event)


def recent_events() -> Iterator[bytes]:
    """Events of all contracts without end: some thousand prepared ones, each with a new id."""
    now = datetime.now(UTC).isoformat()
    prepared = []
    for line in generate(POINTS * 100):
        event = orjson.loads(line)
        event.pop("receivedtime", None)
        start, end = orjson.dumps(event | {"id": "@", "time": now}).split(b'"@"')
        prepared.append((start + b'"', b'"' + end))
    for number, (start, end) in enumerate(itertools.cycle(prepared)):
        yield b"%s%08x-%04x-7000-8000-%012x%s" % (start, number >> 16, number & 0xFFFF, time.time_ns() >> 16, end)


def as_request(token: str, content_type: str, body: bytes) -> bytes:
    head = (
        "POST /v1/events HTTP/1.1\r\nHost: bench\r\n"
        f"Authorization: Bearer {token}\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def wait_for(port: int) -> None:
    until = time.monotonic() + 60
    path = "readyz" if port == PORTS["gateway"] else "openapi.json"
    while time.monotonic() < until:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}"):
            return
        time.sleep(0.2)
    raise TimeoutError(f"nothing answers on port {port}")


if __name__ == "__main__":
    main()
