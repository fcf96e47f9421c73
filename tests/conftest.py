"""The real Kafka and PostgreSQL of a test run: started once, stopped and removed at its end."""

import contextlib
import os
import random
import shutil
import signal
import socket
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from infra import database, embedded_postgres, services
from infra.settings import Settings, read_settings

DEPLOYMENT = """\
database: {name}
topic_prefix: {name}
time_zone: Europe/Helsinki
trusts_received_time: true
partitions: 4
retention_days: 7
"""


@pytest.fixture(scope="session")
def service_environment() -> Iterator[dict[str, str]]:
    """PULSSI_* variables of running services that only this test run uses."""
    home = Path(tempfile.mkdtemp(prefix="pulssi test ä-"))  # a folder as people name them
    home.chmod(0o755)  # PostgreSQL runs as another user when the tests run as root
    environment = {
        "PULSSI_HOME": str(home),
        "PULSSI_POSTGRES_PORT": str(_free_port()),
        "PULSSI_KAFKA_PORT": str(_free_port()),
    }
    settings = read_settings(environment)
    list(services.start(settings))
    yield environment
    # Killed, not stopped: their data goes away, and putting it in order takes a minute.
    os.kill(int((home / "kafka" / "kafka.pid").read_text()), signal.SIGKILL)
    embedded_postgres.shut_down(settings, mode="immediate")
    shutil.rmtree(home)


@pytest.fixture
def unused_port() -> int:
    return _free_port()


MakeDeployment = Callable[..., tuple[Settings, dict[str, str]]]


@pytest.fixture(scope="session")
def make_deployment(service_environment: dict[str, str]) -> MakeDeployment:
    """A function that creates an empty deployment: (its settings, the environment for a subprocess)."""

    def make(**variables: str) -> tuple[Settings, dict[str, str]]:
        name = f"test_{uuid.uuid4().hex[:12]}"
        folder = Path(service_environment["PULSSI_HOME"]) / "deployments" / name
        folder.mkdir(parents=True)
        (folder / "deployment.yml").write_text(DEPLOYMENT.format(name=name))
        variables = {**service_environment, "PULSSI_DEPLOYMENT": str(folder), **variables}
        settings = read_settings(variables)
        database.migrate(settings)
        return settings, {**os.environ, **variables}

    return make


def _free_port() -> int:
    """A port that is free and whose next one is too (for Kafka's controller), below those of outgoing connections."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as first, socket.socket() as second, contextlib.suppress(OSError):
            first.bind(("127.0.0.1", port))
            second.bind(("127.0.0.1", port + 1))
            return port
