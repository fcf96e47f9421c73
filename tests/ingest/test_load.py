"""From Kafka to landing on the real services: each event exactly once, whatever happens to the loader."""

import confluent_kafka
import kafka
import pytest
from loading import load_all, loader_log, register, rows, start_loader
from sample_events import line

from infra import database
from infra.errors import ActionNeeded
from infra.services import kafka_bootstrap_servers
from ingest.breakers.parking import Parking
from ingest.contracts import families, read_contracts
from ingest.events import Door
from ingest.kafka.client import Fetched, ensure_topics, open_consumer, topic_name
from ingest.keys import keys_folder, open_sealed, read_keys
from ingest.landing import FencedOff, store
from ingest.ledger import read_balance
from ingest.produce import send

pytestmark = pytest.mark.services


@pytest.fixture(params=["kafka-python", "librdkafka"])
def deployment(request, make_deployment):
    settings, environment = make_deployment(PULSSI_KAFKA_CLIENT=request.param)
    register(settings, "mikkeli", "pori")
    return settings, environment


def test_each_record_meets_its_fate_and_the_ledger_balances(deployment):
    settings, _ = deployment
    again = line(1, receivedtime="2026-10-06T00:00:00Z")
    changed = line(2, time="2026-10-05T09:16:00+03:00")
    produced = [line(1), again, line(2), changed, b"\xff broken", line(3, subject="nowhere"), line(4, subject=None)]

    send(settings, produced)

    assert load_all(settings) == {"accepted": 3, "duplicate": 1, "rejected": 2, "held": 1}
    assert rows(settings, "select count(*) from landing.event") == [(3,)]
    assert rows(settings, "select service_point_id, reason_code from landing.event_held") == [
        ("nowhere", "unknown_service_point")
    ]
    assert sorted(rows(settings, "select reason_code, source from ops.dead_letter")) == [
        ("conflict", "/points/mikkeli/devices/d1"),
        ("not_json", "(unreadable)"),
    ]
    with database.connect(settings) as connection:
        assert read_balance(connection).faults == []


def test_dead_letters_are_kept_sealed_and_can_be_opened_with_the_private_key(deployment):
    settings, _ = deployment
    bad = line(1, data={"mode": "sms", "answers": [], "phone_number": "040 1234567"})

    send(settings, [bad])
    load_all(settings)

    ((sealed, reason),) = rows(settings, "select sealed_bytes, reason_text from ops.dead_letter")
    assert b"1234567" not in sealed
    assert reason == "data.phone_number: unknown field, leave it out"
    assert open_sealed(settings, sealed) == bad


def test_events_of_one_batch_and_of_later_batches_are_known_again(deployment):
    settings, _ = deployment

    send(settings, [line(number) for number in range(50)] * 3)

    assert load_all(settings, batch_size=20) == {"accepted": 50, "duplicate": 100, "rejected": 0, "held": 0}
    send(settings, [line(number) for number in range(60)])
    assert load_all(settings) == {"accepted": 10, "duplicate": 50, "rejected": 0, "held": 0}


def test_a_loader_that_was_overtaken_stores_nothing(deployment):
    settings, _ = deployment
    send(settings, [line(number) for number in range(10)])
    contracts = read_contracts()
    topics = ensure_topics(settings, [topic_name(settings, family) for family in families(contracts)])
    consumer = open_consumer(settings, sorted(topics), "1", lambda _topic, _partition: 0)
    batch = []
    while not batch:
        batch = consumer.poll(100, 1.0)
    consumer.close()
    assert load_all(settings)["accepted"] == 10

    with database.connect(settings) as connection:
        connection.autocommit = True
        with pytest.raises(FencedOff, match="loading continues at"):
            store(connection, batch, topics, Door(contracts, read_keys(settings), True), Parking(settings))

    assert rows(
        settings, "select (select count(*) from landing.event), sum(accepted_count + duplicate_count) from ops.ledger"
    ) == [(10, 10)]


def test_a_partition_that_is_added_while_a_loader_runs_is_loaded_from_its_beginning(deployment):
    settings, _ = deployment
    send(settings, [line(1)])
    load_all(settings)
    topic = topic_name(settings, "feedback")
    topics = ensure_topics(settings, [topic])
    added = topics[topic].partition_count
    batches = [[Fetched(topic, added, [offset], [0], [line(2 + offset)])] for offset in (0, 1)]

    with database.connect(settings) as connection:
        connection.autocommit = True
        door = Door(read_contracts(), read_keys(settings), trusts_received_time=True)
        for batch in batches:
            store(connection, batch, topics, door, Parking(settings))
        with pytest.raises(FencedOff, match="loading continues at 2"):
            store(connection, batches[0], topics, door, Parking(settings))
        with pytest.raises(ActionNeeded, match="records are missing"):
            store(connection, [Fetched(topic, added + 1, [5], [0], [line(9)])], topics, door, Parking(settings))

    assert rows(settings, "select count(*) from landing.event") == [(3,)]
    with database.connect(settings) as connection:
        assert not [fault for fault in read_balance(connection).faults if "by offsets" in fault]


def test_another_deployment_key_stops_the_loader_before_it_writes(deployment):
    settings, _ = deployment
    send(settings, [line(1)])
    load_all(settings)
    (keys_folder(settings) / "hashing").unlink()
    (keys_folder(settings) / "dead_letters.public").unlink()
    send(settings, [line(1)])

    with pytest.raises(ActionNeeded, match="another deployment key"):
        load_all(settings)


def test_offsets_that_kafka_has_lost_stop_the_loader(deployment):
    settings, _ = deployment
    send(settings, [line(1)])
    load_all(settings)
    with database.connect(settings) as connection:
        connection.execute("update ops.kafka_offset set next_offset = next_offset + 100")

    with pytest.raises(ActionNeeded, match="loading should continue at offset 10"):
        load_all(settings)


def test_records_missing_from_a_topic_stop_the_loader_instead_of_being_skipped(deployment):
    settings, _ = deployment
    send(settings, [line(1), line(2)])
    topic = topic_name(settings, "feedback")
    producer = kafka.KafkaProducer(bootstrap_servers=kafka_bootstrap_servers(settings), transactional_id="someone")
    producer.init_transactions()
    for number in (3, 4):  # each commit leaves a marker that no consumer is given
        producer.begin_transaction()
        producer.send(topic, key=b"mikkeli", value=line(number)).get()
        producer.commit_transaction()
    producer.close()

    with pytest.raises(ActionNeeded, match="records are missing"):
        load_all(settings)


def test_a_sender_may_compress_as_it_likes_and_send_keys_headers_and_nothing(deployment):
    settings, _ = deployment
    send(settings, [line(0)])
    for number, codec in enumerate(("gzip", "snappy", "lz4", "zstd"), start=1):
        sender = confluent_kafka.Producer(
            {"bootstrap.servers": kafka_bootstrap_servers(settings), "compression.type": codec}
        )
        sender.produce(topic_name(settings, "feedback"), key=b"\xff", value=line(number), headers=[("x", b"\xff")])
        sender.produce(topic_name(settings, "feedback"), key=b"\xff", value=None)
        sender.flush()

    assert load_all(settings) == {"accepted": 5, "duplicate": 0, "rejected": 4, "held": 0}


def test_two_loaders_share_the_work_and_nothing_is_lost_or_doubled(deployment):
    settings, environment = deployment
    points = [f"p{number}" for number in range(8)]
    register(settings, *points)
    produced = [line(number % 2000, subject=points[number % 8]) for number in range(3000)]
    send(settings, produced)

    loaders = [start_loader(environment, worker, 50) for worker in ("1", "2")]
    assert [loader.wait(120) for loader in loaders] == [0, 0], loader_log(environment).read_text()[-3000:]

    assert rows(settings, "select sum(accepted_count), sum(duplicate_count) from ops.ledger") == [(2000, 1000)]
    assert rows(settings, "select count(*), count(distinct event_key) from landing.event") == [(2000, 2000)]
