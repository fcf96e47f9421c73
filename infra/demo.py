"""The demo: two simulated months through every stage, each step one command that a person can type."""

import contextlib
import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from infra import database
from infra.errors import ActionNeeded
from infra.settings import Settings, read_settings

MONTH = "2026-10"
_NO_LIMIT = ("--events-per-second", "1000000", "--burst-events", "1000000")


@click.command(epilog="Example: pulssi demo")
def demo() -> None:
    """Run the demo month from simulated events to reports; a second run finds what is done and counts nothing twice."""
    settings = read_settings()
    started = time.monotonic()
    folder = settings.deployment.folder
    events = settings.output / "simulated" / "events.ndjson"
    _require_disk_for_demo(settings)
    run("up")
    run("migrate")
    if not events.exists():
        run("simulate")
    if not _all_produced(settings, events):
        # One point is registered only after its events have come, as happens with real points.
        run("reference", "load", str(folder))
        with _gateway(settings) as address:
            run("deliver", str(events), "--gateway", address)
    run("load")
    run("reference", "load", str(folder), str(folder / "registered_later"))
    run("ledger")
    run("run-month", MONTH)
    run("score", MONTH)
    _say_what_was_made(settings, time.monotonic() - started)


def run(*arguments: str) -> None:
    """Run a pulssi command, its output shown as it comes; raise ActionNeeded when it fails."""
    click.secho(f"$ pulssi {' '.join(_short(argument) for argument in arguments)}", bold=True)
    started = time.monotonic()
    command: Sequence[str] = [sys.executable, "-m", "infra", *arguments]
    result = subprocess.run(command, check=False)
    if result.returncode:
        raise ActionNeeded(
            f"the demo stopped at pulssi {arguments[0]}: mend what it says above and start the demo again"
        )
    click.echo(f"  {time.monotonic() - started:.0f} s")


@contextlib.contextmanager
def _gateway(settings: Settings) -> Iterator[str]:
    """The address of a gateway that serves while the installations deliver: two months at once, so without limits."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "infra", "gateway", "--port", str(port)]
    click.secho(f"$ pulssi gateway --port {port} &", bold=True)
    log = settings.home / "gateway.log"
    with log.open("wb") as file, subprocess.Popen([*command, *_NO_LIMIT], stdout=file, stderr=file) as process:
        try:
            _wait_until_ready(port, process, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()  # it answers what is under way, and writes what it has counted


def _wait_until_ready(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        with contextlib.suppress(OSError), contextlib.closing(connection):
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        if process.poll() is not None:
            break
        time.sleep(0.2)
    raise ActionNeeded(f"the gateway did not start: see {log}")


def _all_produced(settings: Settings, events: Path) -> bool:
    """Whether Kafka has acknowledged as many events as the file has: a broken-off first run is done again."""
    with database.connect(settings) as connection:
        row = connection.execute("select coalesce(sum(produced_count), 0) from ops.produced").fetchone()
    with events.open("rb") as lines:
        expected = sum(1 for line in lines if line.strip())
    return row is not None and row[0] >= expected


def _say_what_was_made(settings: Settings, seconds: float) -> None:
    with database.connect(settings) as connection:
        release, content_hash, rows, points = connection.execute(
            """
            select release_id, content_hash, count(*), count(distinct level_id) filter (where level = 'service_point')
            from publish.observation inner join publish.release using (release_id)
            where month = %s
            group by release_id, content_hash, vintage order by vintage desc limit 1
            """,
            (f"{MONTH}-01",),
        ).fetchone() or ("none", "", 0, 0)
        events = connection.execute("select count(*) from landing.event").fetchone()
    output = settings.output
    click.secho(f"\nDone in {seconds / 60:.1f} min.", bold=True)
    count = events[0] if events else 0
    click.echo(f"  {count} events: release {release} ({content_hash[:12]}) of {rows} numbers, {points} points")
    click.echo(f"  reports   {_short(str(output / 'reports' / release / 'index.html'))}")
    click.echo(f"  feed      {_short(str(output / 'feed' / release))}")
    score = _short(str(output / "score" / release))
    click.echo(
        f"  truth     {score}: score.csv sums up each metric beside the simulator's truth, cells.csv has every number"
    )
    click.echo("  database  .venv/bin/pulssi psql   (for other programs: .venv/bin/pulssi url)")
    click.echo("  stop      .venv/bin/pulssi down   (the data stays)")


def _short(argument: str) -> str:
    path = Path(argument)
    return os.path.relpath(path) if path.is_absolute() else argument


def _require_disk_for_demo(settings: Settings) -> None:
    settings.home.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.home).free
    if free < 4 * 1024**3:
        raise ActionNeeded(f"{settings.home} has {free / 1024**3:.1f} GiB free and the demo needs 4: free some space")
