"""How long does it take to load the real queues of Warsaw, and where does each of its rows end? Run with its path.

A deployment of its own on services of its own: file to Kafka, Kafka to landing, then the count table, each office's
rows compared with what landing and the ledger hold. The goal is three minutes on two cores.
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click
import orjson

from infra import database, embedded_kafka, embedded_postgres, services
from infra.settings import ROOT, read_settings
from ingest.files.report import table
from ingest.ledger import read_balance
from ingest.reference import command as reference

DEPLOYMENT = ROOT / "infra" / "deployments" / "warsaw_2019"
MAPPING = ROOT / "ingest" / "mappings" / "warsaw_office_queues.yml"
GOAL_SECONDS = 180
FLAGGED = {  # rows and offices, as counted in the file by other means
    "year_corrected": (50_115, 13),
    "days_corrected": (11_260, 1),
    "public_holiday": (95_202, 21),
    "status_not_told": (391_032, 8),
    "queue_closed": (159_881, 13),
}


@click.command(epilog="Example: python tests/benchmarks/bench_warsaw.py warsaw_office_queues.csv.gz")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--client", default="kafka-python", type=click.Choice(["kafka-python", "librdkafka"]), help="of the loader"
)
def main(path: Path, client: str) -> None:
    """Load the queues in PATH, say how long it took, and fail where a row is not accounted for."""
    home = Path(tempfile.mkdtemp(prefix="pulssi-warsaw-"))
    home.chmod(0o755)
    variables = {
        "PULSSI_HOME": str(home),
        "PULSSI_DEPLOYMENT": str(DEPLOYMENT),
        "PULSSI_KAFKA_CLIENT": client,
        "PULSSI_POSTGRES_PORT": os.environ.get("PULSSI_POSTGRES_PORT", "15632"),
        "PULSSI_KAFKA_PORT": os.environ.get("PULSSI_KAFKA_PORT", "19292"),
    }
    settings = read_settings(variables)
    try:
        list(services.start(settings))
        database.migrate(settings)
        reference.load(settings, [DEPLOYMENT])
        report = home / "report.json"
        times = {
            "file to Kafka": run(variables, "ingest", "file", path, "--mapping", MAPPING, "--report", report),
            "Kafka to landing": run(variables, "load"),
        }
        content = orjson.loads(report.read_bytes())
        for line in table(content):
            click.echo(line)
        faults = list(find_faults(settings, content))
        again = run(variables, "ingest", "file", path, "--mapping", MAPPING)
    finally:
        embedded_kafka.shut_down(settings)
        embedded_postgres.shut_down(settings)
        shutil.rmtree(home, ignore_errors=True)
    for name, (seconds, computing) in times.items():
        click.echo(f"{name}: {seconds:.1f} s, {computing:.1f} s of them computing")
    total = sum(seconds for seconds, _ in times.values())
    click.echo(f"load average {os.getloadavg()[0]:.0f}: what else the machine did counts in the seconds")
    click.echo(f"in all {total:.1f} s on {os.cpu_count()} cores ({client}), goal {GOAL_SECONDS} s")
    click.echo(f"the same file again: {again[0]:.1f} s, {again[1]:.1f} s of them computing")
    for fault in faults:
        click.echo(f"NOT ACCOUNTED FOR  {fault}")
    if faults or total > GOAL_SECONDS:
        raise SystemExit(1)


def run(variables, *words):
    """Seconds that a command takes, and those of a processor; what it says goes on to the reader."""
    command = [sys.executable, "-m", "infra", *map(str, words)]
    started, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, env={**os.environ, **variables}, cwd=ROOT, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.monotonic() - started, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def find_faults(settings, content):
    """Where the report, landing, the ledger and what is known of the file do not say the same."""
    with database.connect(settings) as connection:
        landed = dict(connection.execute("select service_point_id, count(*) from landing.event group by 1").fetchall())
        doubled = dict(
            connection.execute(
                """
                select event.service_point_id, count(*) from landing.event_duplicate
                inner join landing.event using (event_key) group by 1
                """
            ).fetchall()
        )
        yield from read_balance(connection).faults
    for point, counts in content["points"].items():
        rows = counts["new"] + counts["duplicate"] + sum(counts["set_aside"].values())
        if landed.get(point, 0) != counts["new"] or doubled.get(point, 0) != counts["duplicate"]:
            yield f"{point}: {rows} rows in the report, {landed.get(point, 0)} + {doubled.get(point, 0)} in landing"
    for flag, expected in FLAGGED.items():
        counts = [by["flags"][flag] for by in content["points"].values() if flag in by["flags"]]
        if (sum(counts), len(counts)) != expected:
            yield f"{flag}: {sum(counts)} rows of {len(counts)} offices, expected {expected}"
    if content["rows"] != 830_172:
        yield f"{content['rows']} rows read, the file has 830172"


if __name__ == "__main__":
    main()
