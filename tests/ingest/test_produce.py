"""What is sent to Kafka is counted, whatever stops the sender."""

import signal
import time

import kafka
import pytest
from kafka.structs import TopicPartition
from loading import load_all, loader_log, register, rows, start_producer
from sample_events import line

from infra import database
from infra.errors import ActionNeeded
from infra.services import kafka_bootstrap_servers
from ingest.kafka.client import topic_name
from ingest.ledger import read_balance
from ingest.produce import send

pytestmark = pytest.mark.services

TOO_LARGE = line(100, text="x" * 1_200_000)


@pytest.fixture(params=["kafka-python", "librdkafka"])
def deployment(request, make_deployment):
    settings, environment = make_deployment(PULSSI_KAFKA_CLIENT=request.param)
    register(settings, "mikkeli")
    return settings, environment


def faults(settings):
    with database.connect(settings) as connection:
        return read_balance(connection).faults


@pytest.fixture
def record_count(deployment):
    """A function that says how many records the topic holds."""
    settings, _ = deployment
    send(settings, [line(0)])
    consumer = kafka.KafkaConsumer(bootstrap_servers=kafka_bootstrap_servers(settings))
    partitions = [TopicPartition(topic_name(settings, "feedback"), number) for number in range(4)]
    yield lambda: sum(consumer.end_offsets(partitions).values())
    consumer.close()


def test_an_event_larger_than_kafka_takes_is_told_and_all_others_are_sent_and_counted(deployment):
    settings, _ = deployment

    with pytest.raises(ActionNeeded, match="1 events are larger than"):
        send(settings, [line(1), TOO_LARGE, line(2)])

    assert load_all(settings)["accepted"] == 2
    assert rows(settings, "select sum(produced_count) from ops.produced") == [(2,)]


def test_a_sender_stopped_by_ctrl_c_has_counted_what_kafka_got(deployment, record_count, tmp_path):
    settings, environment = deployment
    file = tmp_path / "events.ndjson"
    file.write_bytes(b"\n".join([line(number) for number in range(1000)] * 500))
    sender = start_producer(environment, file)

    while record_count() < 100 and sender.poll() is None:
        time.sleep(0.01)
    sender.send_signal(signal.SIGINT)
    sender.wait(60)
    load_all(settings)

    assert 100 <= rows(settings, "select sum(produced_count) from ops.produced")[0][0] < 500_000
    assert faults(settings) == [], loader_log(environment).read_text()[-2000:]


def test_events_that_nobody_has_loaded_yet_are_out_of_balance(deployment):
    settings, _ = deployment

    send(settings, [line(1)])

    assert len(faults(settings)) == 1
    assert "not loaded yet" in faults(settings)[0]


def test_a_type_nested_too_deep_to_be_written_out_is_sent_like_any_other_bytes(deployment):
    settings, _ = deployment

    send(settings, [b'{"type": ' + b"[" * 1010 + b"]" * 1010 + b"}", b"", line(1)])

    assert load_all(settings) == {"accepted": 1, "duplicate": 0, "rejected": 2, "held": 0}
