"""What the tests of loading share: points, loaders in processes of their own, and a look at what is stored."""

import signal
import subprocess
import sys
import time
from pathlib import Path

from infra import database
from ingest.load import drain


def register(settings, *points):
    with database.connect(settings) as connection:
        for point in points:
            connection.execute(
                """
                insert into reference.service_point
                values (%s, 'x', 'x', 'x', 'M', '01', null, null, null, '2026-01-01')
                """,
                (point,),
            )


def rows(settings, query):
    with database.connect(settings) as connection:
        return connection.execute(query).fetchall()


def load_all(settings, **options):
    outcomes = [progress.outcome for progress in drain(settings, **options)]
    names = ("accepted", "duplicate", "rejected", "held")
    return {name: sum(getattr(outcome, name) for outcome in outcomes) for name in names}


def start_loader(environment, worker, batch_size):
    command = [
        sys.executable,
        "-m",
        "infra",
        "load",
        "--worker",
        worker,
        "--batch-size",
        str(batch_size),
    ]
    with loader_log(environment).open("ab") as log:
        return subprocess.Popen(command, env=environment, stdout=log, stderr=log)


def loader_log(environment):
    return Path(environment["PULSSI_HOME"]) / "loaders.log"


def waits_for_the_ledger(settings):
    query = "select count(*) from pg_locks where not granted and relation = 'ops.ledger'::regclass"
    return rows(settings, query)[0][0] > 0


def wait_for(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "nothing happened in time"
        time.sleep(0.002)


def kill(loader):
    was_alive = loader.poll() is None
    loader.send_signal(signal.SIGKILL)
    loader.wait(10)
    return int(was_alive)


def start_producer(environment, file):
    command = [sys.executable, "-m", "infra", "produce", str(file)]
    with loader_log(environment).open("ab") as log:
        return subprocess.Popen(command, env=environment, stdout=log, stderr=log)
