"""A gateway whose Kafka goes away, and comes back without its memory of the producer."""

import os
import shutil
import socket
import tempfile
from pathlib import Path

import pytest
from loading import load_all, register
from sample_events import event
from serving import is_ready, metric, new_token, post, serving, wait_until

from infra import database, embedded_kafka
from infra.settings import read_settings
from ingest.ledger import read_balance

pytestmark = pytest.mark.services


@pytest.fixture
def own_kafka(make_deployment, unused_port):
    """(settings, environment) of a deployment with a Kafka that only this test stops and starts."""
    settings, _ = make_deployment()
    register(settings, "mikkeli")
    home = Path(tempfile.mkdtemp(prefix="pulssi-kafka-"))
    folder = shutil.copytree(settings.deployment.folder, home / "deployment")
    file = folder / "deployment.yml"
    file.write_text(file.read_text().replace("partitions: 4", "partitions: 1"))
    own = {
        "PULSSI_HOME": str(home),
        "PULSSI_DEPLOYMENT": str(folder),
        "PULSSI_DATABASE_URL": database.url(settings),
        "PULSSI_KAFKA_PORT": str(unused_port),
    }
    settings = read_settings(own)
    embedded_kafka.start(settings)
    yield settings, {**os.environ, **own}
    embedded_kafka.shut_down(settings)
    shutil.rmtree(home)


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def snapshots(settings):
    """What the broker remembers of producers: files named by the offset at which they were written."""
    (folder,) = (settings.home / "kafka" / "data").glob("*.feedback-0")
    return sorted(folder.glob("*.snapshot"))


def send_until_taken(address, token, batch):
    wait_until(lambda: post(address, token, batch).status_code == 200)


def test_a_broker_away_or_without_memory_costs_no_event_and_counts_none_twice(own_kafka):
    settings, environment = own_kafka
    token = new_token(settings)
    batches = [[event(10 * batch + number) for number in range(3)] for batch in range(4)]

    with serving(environment, free_port()) as address:
        assert post(address, token, batches[0]).status_code == 200

        embedded_kafka.shut_down(settings)
        forgotten = snapshots(settings)[-1].read_bytes()
        refused = post(address, token, batches[1])
        again = post(address, token, batches[1])
        assert [(each.status_code, each.json()["code"]) for each in (refused, again)] == [(503, "kafka_away")] * 2
        assert int(refused.headers["Retry-After"]) > 0
        assert not is_ready(address)
        embedded_kafka.start(settings)
        wait_until(lambda: is_ready(address))
        send_until_taken(address, token, batches[1])
        send_until_taken(address, token, batches[2])

        embedded_kafka.shut_down(settings)
        snapshots(settings)[-1].write_bytes(forgotten)
        embedded_kafka.start(settings)
        wait_until(lambda: is_ready(address))
        assert post(address, token, batches[3]).status_code == 503  # out of sequence: fatal for that producer
        send_until_taken(address, token, batches[3])
        wait_until(lambda: metric(address, "pulssi_gateway_producer_reopened") == 1)

    # The second batch is in Kafka twice: the producer kept it while the broker was away, and then it was sent again.
    loaded = load_all(settings)
    assert (loaded["accepted"], loaded["rejected"], loaded["held"]) == (12, 0, 0)
    assert loaded["duplicate"] >= 3
    with database.connect(settings) as connection:
        assert read_balance(connection).faults == []
