"""Starting and stopping the services: what a person reads when something is in the way."""

import os
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from infra.processes import running_pid


def pulssi(environment, *arguments):
    command = [sys.executable, "-m", "infra", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def machine(tmp_path_factory):
    """An environment whose home holds nothing yet."""
    home = tmp_path_factory.mktemp("home")
    return {"PATH": "/usr/bin:/bin", "PULSSI_HOME": str(home)}


@pytest.mark.parametrize("variable", ["PULSSI_POSTGRES_PORT", "PULSSI_KAFKA_PORT"])
def test_a_busy_port_is_named_with_the_setting_that_changes_it(machine, variable):
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        service = "PULSSI_KAFKA_BOOTSTRAP_SERVERS" if "POSTGRES" in variable else "PULSSI_DATABASE_URL"
        given = {service: "postgresql://elsewhere/x" if service.endswith("URL") else "elsewhere:9092"}
        result = pulssi({**machine, **given, variable: str(port)}, "up")

    assert result.returncode == 1
    assert f"port {port} is in use by another program" in result.stderr
    assert variable in result.stderr


def test_missing_java_is_named_with_the_package_that_brings_it(machine, tmp_path, unused_port):
    given = {"PULSSI_DATABASE_URL": "postgresql://elsewhere/x", "PULSSI_KAFKA_PORT": str(unused_port)}

    result = pulssi({**machine, **given, "PATH": str(tmp_path)}, "up")

    assert result.returncode == 1
    assert (
        result.stderr.strip()
        == "Error: java is not installed: install it (Debian: apt-get install openjdk-17-jre-headless)"
    )


@pytest.mark.parametrize(
    "command", ["ledger", "migrate", "build 2026-10", "estimate 2026-10", "release 2026-10", "run-month 2026-10"]
)
def test_a_service_that_is_not_there_is_said_in_one_line(machine, command):
    url = "postgresql://nobody@127.0.0.1:1/none"

    result = pulssi({**machine, "PULSSI_DATABASE_URL": url}, *command.split())

    assert result.returncode == 1
    assert "is it started (pulssi up)" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


@pytest.mark.services
def test_a_database_that_is_not_migrated_is_said_with_what_makes_it(service_environment):
    environment = {"PATH": "/usr/bin:/bin", **service_environment, "PULSSI_DEPLOYMENT": "sfo_2016"}

    result = pulssi(environment, "estimate", "2016-05")

    assert result.returncode == 1
    assert result.stderr == 'Error: PostgreSQL: database "pulssi_sfo_2016" does not exist: run pulssi migrate\n'


def test_a_home_that_cannot_be_made_is_named(machine):
    result = pulssi({**machine, "PULSSI_HOME": "/proc/pulssi"}, "up")

    assert result.returncode == 1
    assert result.stderr.startswith("Error: /proc/pulssi")
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.services
def test_services_that_run_are_found_again_and_answer(service_environment):
    environment = {"PATH": "/usr/bin:/bin", **service_environment}

    again = pulssi(environment, "up")
    status = pulssi(environment, "status")

    assert again.stdout.count("already running") == 2
    assert status.returncode == 0
    assert "DOES NOT" not in status.stdout


@pytest.mark.services
def test_a_cluster_whose_making_was_broken_off_is_made_again(tmp_path_factory, unused_port):
    home = tmp_path_factory.mktemp("broken_off")
    for folder in (home, *home.parents[:2]):
        folder.chmod(0o755)  # PostgreSQL runs as another user when the tests run as root
    environment = {
        "PATH": os.environ["PATH"],
        "PULSSI_HOME": str(home),
        "PULSSI_POSTGRES_PORT": str(unused_port),
        "PULSSI_KAFKA_BOOTSTRAP_SERVERS": "elsewhere:9092",
    }
    first = subprocess.Popen([sys.executable, "-m", "infra", "up"], env=environment, start_new_session=True)
    while not list(home.glob("postgres/*/PG_VERSION")) and first.poll() is None:
        time.sleep(0.002)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()

    started = pulssi(environment, "up")
    migrated = pulssi(environment, "migrate")
    pulssi(environment, "down")

    assert (started.returncode, migrated.returncode) == (0, 0), started.stderr + migrated.stderr
    assert stat.filemode((home / "keys" / "postgres_password").stat().st_mode) == "-rw-------"
    assert not (home / "postgres" / "initial_password").exists()


def test_a_pid_file_whose_process_belongs_to_another_home_speaks_of_nothing(tmp_path):
    pid_file = tmp_path / "kafka.pid"
    pid_file.write_text(f"{os.getpid()}\n")
    argument = Path(Path("/proc/self/cmdline").read_text().split("\0")[0])

    assert running_pid(pid_file, argument) == os.getpid()
    assert running_pid(pid_file, tmp_path / "server.properties") is None


@pytest.mark.services
def test_nobody_on_the_machine_can_read_the_password_from_the_arguments_of_psql(make_deployment):
    _, environment = make_deployment()
    password = urlsplit(pulssi(environment, "url").stdout.strip()).password

    shown = pulssi(environment, "psql", "-c", r"\! tr '\0' ' ' < /proc/$PPID/cmdline")

    assert "postgresql://pulssi@127.0.0.1" in shown.stdout
    assert password not in shown.stdout


@pytest.mark.services
def test_the_schema_can_be_brought_up_to_date_twice(make_deployment):
    _, environment = make_deployment()

    result = pulssi(environment, "migrate")

    assert result.returncode == 0
    assert "schema at revision" in result.stdout
