"""From Kafka to landing on the real services: each event exactly once, whatever happens to the loader."""

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import kafka
import pytest
from sample_events import line

from infra import database
from infra.errors import ActionNeeded
from infra.services import kafka_bootstrap_servers
from ingest.contracts import families, read_contracts
from ingest.events import Door
from ingest.kafka_client import ensure_topics, open_consumer, topic_name
from ingest.keys import keys_folder, open_sealed, read_keys
from ingest.landing import FencedOff, store
from ingest.ledger import read_balance
from ingest.load import drain
from ingest.produce import send

pytestmark = pytest.mark.services

KILLS_AFTER_COMMITS = 20
KILLS_IN_TRANSACTIONS = 10


@pytest.fixture(params=["kafka-python", "librdkafka"])
def deployment(request, make_deployment):
    settings, environment = make_deployment(PULSSI_KAFKA_CLIENT=request.param)
    register(settings, "mikkeli", "pori")
    return settings, environment


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
            store(connection, batch, topics, Door(contracts, read_keys(settings), True))

    assert rows(
        settings, "select (select count(*) from landing.event), sum(accepted_count + duplicate_count) from ops.ledger"
    ) == [(10, 10)]


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


def test_killed_again_and_again_the_loader_loses_nothing_and_doubles_nothing(make_deployment):
    settings, environment = make_deployment()
    points = [f"p{number}" for number in range(6)]
    register(settings, *points)
    produced, expected = storm(points)
    send(settings, produced)

    killed = Counter()
    while killed["after a commit"] < KILLS_AFTER_COMMITS:
        killed["after a commit"] += kill_after_a_commit(settings, environment)
    while killed["inside a transaction"] < KILLS_IN_TRANSACTIONS:
        killed["inside a transaction"] += kill_inside_a_transaction(settings, environment)
    remaining_before_the_end = sum(
        len(produced) - seen for (seen,) in rows(settings, "select sum(next_offset) from ops.kafka_offset")
    )
    assert start_loader(environment, "1", 10_000).wait(120) == 0

    assert remaining_before_the_end > 0, "the loader was done before the last kill: produce more"
    assert killed == {"after a commit": KILLS_AFTER_COMMITS, "inside a transaction": KILLS_IN_TRANSACTIONS}
    assert landed(settings) == expected
    with database.connect(settings) as connection:
        assert read_balance(connection).faults == []


def storm(points):
    """4,800 records with duplicates, conflicts, broken bytes and unknown points, and what must be stored of them."""
    produced, expected = [], Counter()
    for number in range(4000):
        point = points[number % len(points)] if number % 40 else "unknown"
        one = line(number, subject=point, source=f"/points/{point}/devices/d1")
        produced.append(one)
        fate = "accepted" if number % 40 else "held"
        expected[fate, json.loads(one)["id"]] += 1
        if number % 10 == 3:
            produced.append(one)
            expected["duplicate", json.loads(one)["id"]] += 1
        if number % 20 == 7:
            produced.append(
                line(number, subject=point, source=f"/points/{point}/devices/d1", time="2026-10-05T10:00:00+03:00")
            )
            expected["conflict", json.loads(one)["id"]] += 1
        if number % 20 == 9:
            produced.append(b"%d is not an event" % number)
            expected["not_json", None] += 1
    return produced, expected


def landed(settings):
    stored = rows(
        settings,
        """
        select 'accepted', event_id from landing.event
        union all select 'held', event_id from landing.event_held
        union all
        select 'duplicate', event_id from landing.event_duplicate
        left join (
            select event_key, event_id from landing.event union all select event_key, event_id from landing.event_held
        ) as known using (event_key)
        union all select reason_code, event_id from ops.dead_letter
        """,
    )
    return Counter(stored)


def start_loader(environment, worker, batch_size):
    command = [
        sys.executable,
        "-c",
        "from infra.cli import main; main()",
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


def kill_after_a_commit(settings, environment):
    """Start a loader, see it commit at least once, kill it at once; 1 when it was alive until then."""
    before = stored_offset(settings)
    loader = start_loader(environment, "1", 10)
    wait_for(lambda: stored_offset(settings) > before or loader.poll() is not None)
    return kill(loader)


def kill_inside_a_transaction(settings, environment):
    """Hold the ledger so that a loader stops with its rows written and not committed, kill it there, let go."""
    with database.connect(settings) as blocker:
        blocker.execute("lock table ops.ledger in share row exclusive mode")
        before = stored_offset(settings)
        loader = start_loader(environment, "1", 10)
        wait_for(lambda: waits_for_the_ledger(settings) or loader.poll() is not None)
        was_inside = waits_for_the_ledger(settings)
        died = kill(loader)
        assert stored_offset(settings) == before
    return died if was_inside else 0


def waits_for_the_ledger(settings):
    query = "select count(*) from pg_locks where not granted and relation = 'ops.ledger'::regclass"
    return rows(settings, query)[0][0] > 0


def kill(loader):
    was_alive = loader.poll() is None
    loader.send_signal(signal.SIGKILL)
    loader.wait(10)
    return int(was_alive)


def stored_offset(settings):
    return rows(settings, "select coalesce(sum(next_offset), 0) from ops.kafka_offset")[0][0]


def wait_for(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "nothing happened in time"
        time.sleep(0.002)
