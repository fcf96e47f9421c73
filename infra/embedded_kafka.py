"""The embedded Apache Kafka: one KRaft node on the machine's Java, jars pinned in kafka/pom.xml."""

import base64
import json
import shutil
import subprocess
import uuid
from pathlib import Path

from infra.errors import ActionNeeded
from infra.processes import (
    has_ended,
    is_listening,
    require_disk_space,
    require_free_port,
    require_tool,
    run_in_background,
    running_pid,
    stop,
    wait_until,
)
from infra.settings import ROOT, Settings

SOURCES = ROOT / "infra" / "kafka"
UTF_8 = ("env", "LC_ALL=C.UTF-8")  # so that Java finds folders whose names are not English


def start(settings: Settings) -> bool:
    """Start the node unless it runs; say whether it had to be started."""
    folder = settings.home / "kafka"
    pid_file, properties = folder / "kafka.pid", folder / "server.properties"
    if running_pid(pid_file, properties) and is_listening(settings.kafka_port):
        return False
    require_disk_space(folder)
    require_free_port(settings.kafka_port, "PULSSI_KAFKA_PORT")
    require_free_port(settings.kafka_port + 1, "PULSSI_KAFKA_PORT")
    java = require_tool("java", "openjdk-17-jre-headless")
    jars = _jars(settings)
    _write_properties(properties, settings.kafka_port)
    log = folder / "kafka.log"
    if not (folder / "data" / "meta.properties").exists():
        _format(java, jars, properties)
    pid = run_in_background(
        log,
        *UTF_8, java, "-Xmx512m", "-Xms256m", f"-Dlog4j2.configurationFile={SOURCES / 'log4j2.xml'}",
        "-cp", f"{jars}/*", "kafka.Kafka", str(properties),
    )  # fmt: skip
    pid_file.write_text(f"{pid}\n")

    def is_up() -> bool:
        if has_ended(pid):
            raise ActionNeeded(f"Kafka stopped while starting: read the end of {log}")
        return is_listening(settings.kafka_port)

    wait_until(is_up, 60, f"Kafka did not open port {settings.kafka_port} in 60 s: read the end of {log}")
    return True


def shut_down(settings: Settings) -> bool:
    """Stop the node if it runs; say whether it ran."""
    folder = settings.home / "kafka"
    pid = running_pid(folder / "kafka.pid", folder / "server.properties")
    if pid is None:
        return False
    stop(pid)
    return True


def _jars(settings: Settings) -> Path:
    """The folder of Kafka's jars; fetched once with Maven, the versions are those of the POM."""
    wanted = (SOURCES / "pom.xml").read_text()
    folder = settings.home / "kafka-jars"
    marker = folder / "pom.xml"
    shared = ROOT / ".pulssi" / "kafka-jars"
    for candidate in (folder, shared):
        if (candidate / "pom.xml").is_file() and (candidate / "pom.xml").read_text() == wanted:
            return candidate
    shutil.rmtree(folder, ignore_errors=True)
    command = [
        require_tool("mvn", "maven"), "-q", "-f", str(SOURCES / "pom.xml"), "dependency:copy-dependencies",
        "-DincludeScope=runtime", f"-DoutputDirectory={folder}",
    ]  # fmt: skip
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        last = (result.stdout + result.stderr).strip().splitlines()[-3:]
        raise ActionNeeded(
            f"Maven could not fetch Kafka's jars ({' '.join(last)}): check the network and Maven's settings"
        )
    marker.write_text(wanted)
    return folder


def _write_properties(properties: Path, port: int) -> None:
    properties.parent.mkdir(parents=True, exist_ok=True)
    data = json.dumps(str(properties.parent / "data"))[1:-1]  # Java's escapes in properties files are those of JSON
    properties.write_text(
        (SOURCES / "server.properties").read_text()
        + f"listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{port + 1}\n"
        + f"advertised.listeners=PLAINTEXT://127.0.0.1:{port}\n"
        + f"controller.quorum.voters=1@127.0.0.1:{port + 1}\n"
        + f"log.dirs={data}\n"
    )


def _format(java: str, jars: Path, properties: Path) -> None:
    cluster_id = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    command = [
        *UTF_8,
        java,
        "-cp",
        f"{jars}/*",
        "kafka.tools.StorageTool",
        "format",
        f"--cluster-id={cluster_id}",  # as one word, for it may begin with a hyphen
        "-c",
        str(properties),
    ]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        raise ActionNeeded(f"Kafka's storage could not be formatted: {(result.stdout + result.stderr).strip()[-500:]}")
