"""A million bad inputs against a gateway of its own: each is refused with a 4xx, rejected by event, or a dead letter.

Run by make fuzz. An input is one event or payload that should not be taken, or one request that should not be; what
was spoilt into something valid is counted apart. At the end the loader takes what Kafka has; the ledger must balance.
"""

import asyncio
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import click
import httpx
import orjson
from bad_inputs import Spoiler
from bad_requests import Request, requests, straight_to_kafka
from pipelined import Answer, exchanged

from infra import database, embedded_kafka, embedded_postgres, services
from infra.settings import ROOT, Settings, read_settings
from ingest.gateway.tokens import issue
from ingest.ledger import read_balance
from ingest.load import drain

PORT = 18482
CONNECTIONS = 6
PIPELINED = 4
KAFKA_SHARE = 0.05


@click.command(epilog="Example: python tests/fuzz/fuzz_gateway.py --count 20000")
@click.option("--count", default=1_000_000, show_default=True, help="bad inputs")
@click.option("--seed", default=1, show_default=True, help="another seed makes other inputs")
def main(count: int, seed: int) -> None:
    """Send bad inputs until COUNT of them were refused or set aside; exit with 1 when one was not."""
    home = Path(tempfile.mkdtemp(prefix="pulssi-fuzz-"))
    home.chmod(0o755)
    settings, environment = deployment(home)
    try:
        list(services.start(settings))
        database.migrate(settings)
        run([sys.executable, "-m", "infra", "reference", "load", str(settings.deployment.folder)], environment)
        faults = fuzz(settings, environment, count, seed)
    finally:
        embedded_kafka.shut_down(settings)
        embedded_postgres.shut_down(settings)
        shutil.rmtree(home)
    for fault in faults:
        click.echo(f"FAULT  {fault}")
    if faults:
        raise SystemExit(1)


def deployment(home: Path) -> tuple[Settings, dict[str, str]]:
    """The demo's points and installations, in a deployment of its own that takes no time of receipt from outside."""
    folder = home / "fuzz"
    shutil.copytree(ROOT / "infra" / "deployments" / "demo", folder)
    file = folder / "deployment.yml"
    lines = [line for line in file.read_text().splitlines() if line.split(":")[0] not in ("database", "topic_prefix")]
    content = "\n".join(["database: fuzz", "topic_prefix: fuzz", *lines, ""])
    file.write_text(content.replace("trusts_received_time: true", "trusts_received_time: false"))
    environment = {
        "PULSSI_HOME": str(home),
        "PULSSI_POSTGRES_PORT": "25433",
        "PULSSI_KAFKA_PORT": "29394",
        "PULSSI_DEPLOYMENT": str(folder),
        "PULSSI_KAFKA_CLIENT": "librdkafka",
    }
    return read_settings(environment), {**os.environ, **environment}


def run(command: list[str], environment: dict[str, str]) -> None:
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)


def fuzz(settings: Settings, environment: dict[str, str], count: int, seed: int) -> list[str]:
    """All that went wrong, in words."""
    started = time.monotonic()
    with database.connect(settings) as connection:
        token = issue(connection, "fuzz", "/", None, timedelta(days=1))
        narrow = issue(connection, "narrow", "/points/mikkeli", ["mikkeli"], timedelta(days=1))
    spoiler = Spoiler(seed)
    tally = Tally()
    with gateway(settings, environment) as (process, log):
        before = memory_megabytes(process.pid)
        asyncio.run(send_all(requests(spoiler, token, narrow), tally, int(count * (1 - KAFKA_SHARE))))
        after = memory_megabytes(process.pid)
        if process.poll() is not None or httpx.get(f"http://127.0.0.1:{PORT}/readyz").status_code != 200:
            tally.faults.append("the gateway does not live any more, or is not ready")
    if any(word in log.read_text() for word in ("Traceback", "ERROR", "CRITICAL")):
        tally.faults.append(f"the gateway complained: {log.read_text()[-6000:]}")
    sent_seconds = time.monotonic() - started
    directly = straight_to_kafka(settings, spoiler, int(count * KAFKA_SHARE))
    tell(tally, directly, sent_seconds, before, after)
    return tally.faults + stored(settings)


class Tally:
    """What became of the inputs so far."""

    def __init__(self) -> None:
        self.refused: Counter[tuple[str, str]] = Counter()
        self.taken: Counter[str] = Counter()
        self.statuses: Counter[int] = Counter()
        self.faults: list[str] = []
        self.shown = time.monotonic()

    def add(self, request: Request, answer: Answer | None) -> None:
        if answer is None:
            if request.may_be_cut_off:
                self.refused[request.way, "cut off"] += request.count
            else:
                self.faults.append(f"{request.way}: no answer to {request.content[:300]!r}")
            return
        self.statuses[answer.status] += 1
        if answer.status >= 500:
            self.faults.append(f"{request.way}: {answer.status} for {request.content[:2000]!r}: {answer.body[:300]!r}")
        elif answer.status >= 400 and b'"events":' not in answer.body[:100]:
            self.refused[request.way, f"{answer.status}"] += request.count
        else:
            self._add_each(request, answer)
        if time.monotonic() - self.shown > 10:
            self.shown = time.monotonic()
            click.echo(f"{self.refused.total():>9,} refused, {sum(self.taken.values()):,} taken", err=True)

    def _add_each(self, request: Request, answer: Answer) -> None:
        """What became of each event or payload of a request; together they must be as many as were sent."""
        try:
            told = request.outcomes(orjson.loads(answer.body or b"null"))
        except (orjson.JSONDecodeError, KeyError, TypeError) as error:
            self.faults.append(f"{request.way}: {answer.status} answers {answer.body[:300]!r} ({error!r})")
            return
        if sum(told.values()) != request.count and request.is_counted:
            self.faults.append(f"{request.way}: {request.count} sent, {told} answered, to {request.content[:300]!r}")
        for outcome, number in told.items():
            if outcome in ("rejected", "set_aside"):
                self.refused[request.way, outcome] += number
            else:
                self.taken[f"{request.way}: {outcome}"] += number


async def send_all(inputs: Iterator[Request], tally: Tally, count: int) -> None:
    """Several connections, each with several requests under way, until *count* inputs were refused."""

    async def send() -> None:
        while tally.refused.total() < count and len(tally.faults) < 20:
            group = [next(inputs)]
            while len(group) < PIPELINED and not group[-1].may_be_cut_off:  # what follows such a one is part of it
                group.append(next(inputs))
            for request, answer in zip(group, await exchanged(PORT, [each.content for each in group]), strict=True):
                tally.add(request, answer)

    await asyncio.gather(*(send() for _ in range(CONNECTIONS)))


@contextlib.contextmanager
def gateway(settings: Settings, environment: dict[str, str]) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """A running gateway without a rate, and the file of what it complains about."""
    log = settings.home / "gateway.log"
    limits = ["--events-per-second", "100000000", "--burst-events", "100000000", "--request-seconds", "10"]
    command = [sys.executable, "-m", "infra", "gateway", "--port", str(PORT), *limits]
    with log.open("wb") as errors, subprocess.Popen(command, env=environment, stderr=errors) as process:
        try:
            until = time.monotonic() + 60
            while time.monotonic() < until:
                with contextlib.suppress(httpx.TransportError):
                    if httpx.get(f"http://127.0.0.1:{PORT}/readyz").status_code == 200:
                        break
                time.sleep(0.2)
            time.sleep(1.5)  # until it has read the tokens
            yield process, log
        finally:
            process.terminate()
            process.wait(30)


def stored(settings: Settings) -> list[str]:
    """Load all that Kafka has; what does not balance then."""
    started = time.monotonic()
    outcomes: Counter[str] = Counter()
    for progress in drain(settings, batch_size=5000):
        for name in ("accepted", "duplicate", "rejected", "held", "parked"):
            outcomes[name] += getattr(progress.outcome, name)
    with database.connect(settings) as connection:
        reasons = connection.execute(
            "select reason_code, count(*) from ops.dead_letter group by reason_code order by 2 desc"
        ).fetchall()
        faults = read_balance(connection).faults
    click.echo(f"loaded in {time.monotonic() - started:.0f} s: {dict(outcomes)}")
    click.echo(f"dead letters: {dict(reasons)}")
    click.echo("the ledger balances" if not faults else "the ledger does not balance")
    return faults


def tell(tally: Tally, directly: int, seconds: float, before: float, after: float) -> None:
    bad = tally.refused.total() + directly
    click.echo(f"\n{bad:,} bad inputs, {tally.statuses.total():,} requests in {seconds:,.0f} s")
    for (way, outcome), number in sorted(tally.refused.items()):
        click.echo(f"  {way:<14}{outcome:<12}{number:>10,}")
    click.echo(f"  {'kafka':<14}{'sent':<12}{directly:>10,}")
    click.echo(f"answers by status: {dict(sorted(tally.statuses.items()))}")
    click.echo(f"spoilt into something valid: {dict(sorted(tally.taken.items()))}")
    click.echo(f"memory of the gateway: {before:.0f} MB before, {after:.0f} MB after")


def memory_megabytes(pid: int) -> float:
    (line,) = (each for each in Path(f"/proc/{pid}/status").read_text().splitlines() if each.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main()
