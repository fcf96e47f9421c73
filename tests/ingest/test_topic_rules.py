"""Access rules on a real Kafka that asks for users: who sends cannot read, who is nobody can do neither."""

import json
import os
import subprocess
import sys

import pytest
from sample_events import event

from infra import embedded_kafka
from infra.processes import is_listening, run_in_background, stop, wait_until
from infra.settings import read_settings

pytestmark = pytest.mark.services

USERS = ("admin", "gateway", "loader", "stranger")
SECURED = """
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,USERS:SASL_PLAINTEXT
sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.users.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:admin;User:ANONYMOUS
"""


@pytest.fixture(scope="module")
def secured_kafka(tmp_path_factory, service_environment):
    """The address of a broker on which each of USERS has a password, and no rights but admin."""
    settings = read_settings({**service_environment})
    folder = tmp_path_factory.mktemp("secured")
    port = settings.kafka_port + 20
    properties = folder / "server.properties"
    properties.write_text(
        (embedded_kafka.SOURCES / "server.properties").read_text()
        + f"listeners=PLAINTEXT://127.0.0.1:{port},USERS://127.0.0.1:{port + 1},CONTROLLER://127.0.0.1:{port + 2}\n"
        + f"advertised.listeners=PLAINTEXT://127.0.0.1:{port},USERS://127.0.0.1:{port + 1}\n"
        + f"controller.quorum.voters=1@127.0.0.1:{port + 2}\nlog.dirs={folder / 'data'}\n{SECURED}"
    )
    jars = embedded_kafka._jars(settings)
    java = ["java", "-cp", f"{jars}/*"]
    users = [f"--add-scram=SCRAM-SHA-512=[name={user},password=of-{user}]" for user in USERS]
    subprocess.run(
        [*java, "kafka.tools.StorageTool", "format", "--cluster-id=MkU3OEVBNTcwNTJENDM2Qk", "-c", properties, *users],
        check=True,
        capture_output=True,
    )
    pid = run_in_background(folder / "kafka.log", java[0], "-Xmx256m", *java[1:], "kafka.Kafka", str(properties))
    wait_until(lambda: is_listening(port + 1), 60, (folder / "kafka.log").read_text)
    yield f"127.0.0.1:{port + 1}"
    stop(pid)


@pytest.fixture
def run(secured_kafka, make_deployment):
    _, environment = make_deployment()

    def run(user, *arguments, client="kafka-python"):
        known = {
            **os.environ, **environment, "PULSSI_KAFKA_BOOTSTRAP_SERVERS": secured_kafka, "PULSSI_KAFKA_USER": user,
            "PULSSI_KAFKA_PASSWORD": f"of-{user}", "PULSSI_KAFKA_PROTOCOL": "SASL_PLAINTEXT",
            "PULSSI_KAFKA_CLIENT": client,
        }  # fmt: skip
        command = [sys.executable, "-m", "infra", *arguments]
        return subprocess.run(command, env=known, capture_output=True, text=True, check=False)

    return run


@pytest.mark.parametrize("client", ["kafka-python", "librdkafka"])
def test_who_sends_cannot_read_and_nobody_else_can_do_either(run, tmp_path, client):
    file = tmp_path / "events.ndjson"
    file.write_text(json.dumps(event(source="/agencies/kela/sms")) + "\n")

    assert run("stranger", "produce", str(file), client=client).returncode == 1
    guarded = run("admin", "topics", "guard", "--sender", "gateway", "--loader", "loader")
    assert guarded.returncode == 0, guarded.stderr
    assert "gateway may send, loader may read and send" in guarded.stdout

    sent = run("gateway", "produce", str(file), client=client)
    assert sent.returncode == 0, sent.stderr
    for user in ("gateway", "stranger"):
        refused = run(user, "load", client=client)
        assert refused.returncode == 1
        assert "Traceback" not in refused.stderr
        assert "uthoriz" in refused.stderr
    loaded = run("loader", "load", client=client)
    assert loaded.returncode == 0, loaded.stderr
    assert "loaded 1 events" in loaded.stdout


def test_a_user_without_the_right_and_a_kafka_without_rules_are_told_what_to_do(run, make_deployment):
    refused = run("gateway", "topics", "guard", "--sender", "gateway")
    assert refused.returncode == 1
    assert "set PULSSI_KAFKA_USER to a user who may alter its rules" in refused.stderr

    _, plain = make_deployment()
    command = [sys.executable, "-m", "infra", "topics", "guard", "--loader", "loader"]
    without = subprocess.run(command, env={**os.environ, **plain}, capture_output=True, text=True, check=False)
    assert without.returncode == 1
    assert "set authorizer.class.name on its brokers" in without.stderr


def test_a_wrong_password_is_told_in_a_line(secured_kafka):
    environment = {
        **os.environ, "PULSSI_KAFKA_BOOTSTRAP_SERVERS": secured_kafka, "PULSSI_KAFKA_USER": "loader",
        "PULSSI_KAFKA_PASSWORD": "wrong", "PULSSI_KAFKA_PROTOCOL": "SASL_PLAINTEXT",
    }  # fmt: skip
    command = [sys.executable, "-m", "infra", "status"]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert "are PULSSI_KAFKA_USER, its password and PULSSI_KAFKA_PROTOCOL right?" in told.stdout
    assert "Traceback" not in told.stderr
    assert "wrong" not in told.stdout + told.stderr
