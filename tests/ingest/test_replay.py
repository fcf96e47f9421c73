"""Replay on the real services: each dead letter meets the fate it has today, once, whatever happens to the replay."""

import shutil
import subprocess
import sys

import orjson
import pytest
from dead_letter_cases import (
    DEVICE,
    DISPLAY,
    dead_letters,
    everything,
    faults,
    later,
    ledger,
    load_by_older_contracts,
    replayed,
)
from loading import kill, load_all, register, rows, start_loader, wait_for, waits_for_the_ledger
from sample_events import line, uuid7

from infra import database
from infra.settings import ROOT
from ingest.contracts import FOLDER, read_contracts
from ingest.kafka import client as kafka_client
from ingest.keys import keys_folder
from ingest.produce import send
from ingest.reference import command as reference

pytestmark = pytest.mark.services

NEXT_DAY = "2026-10-06T06:15:02Z"


@pytest.fixture
def deployment(make_deployment):
    settings, environment = make_deployment()
    register(settings, "mikkeli")
    return settings, environment


def test_after_a_new_contract_events_are_accepted_on_their_own_day_with_their_ids(deployment):
    settings, environment = deployment
    load_by_older_contracts(settings, [line(1), later(2), later(3), later(4, receivedtime=NEXT_DAY)])
    before = ledger(settings)

    says = replayed(environment, "--reason", "unknown_type")

    assert says == "replayed 3 dead letters: 3 accepted, 0 duplicate, 0 held, 0 still refused"
    assert before == {"2026-10-05": (1, 0, 2, 0, 0), "2026-10-06": (0, 0, 1, 0, 0)}
    assert ledger(settings) == {"2026-10-05": (3, 0, 0, 0, 0), "2026-10-06": (1, 0, 0, 0, 0)}
    stored = "select event_id, received_at::text from landing.event where source = %s order by 1"
    with database.connect(settings) as connection:
        connection.execute("set time zone 'UTC'")
        assert connection.execute(stored, (DISPLAY,)).fetchall() == [
            (uuid7(2), "2026-10-05 06:15:02+00"),
            (uuid7(3), "2026-10-05 06:15:02+00"),
            (uuid7(4), "2026-10-06 06:15:02+00"),
        ]
    assert faults(settings) == []


def test_what_was_let_in_keeps_its_row_and_loses_its_bytes(deployment):
    settings, environment = deployment
    load_by_older_contracts(settings, [later(2), b"broken"])

    replayed(environment)

    kept = "select reason_code, outcome, replayed_at is null, sealed_bytes is null from ops.dead_letter order by 1"
    assert rows(settings, kept) == [("not_json", None, True, False), ("unknown_type", "accepted", False, True)]


def test_a_conflict_and_broken_bytes_stay_what_they_are(deployment):
    settings, environment = deployment
    load_by_older_contracts(settings, [line(1), line(1, time="2026-10-05T09:16:00+03:00"), b"\xff broken"])
    before = everything(settings)

    says = replayed(environment)

    assert says == "replayed 2 dead letters: 0 accepted, 0 duplicate, 0 held, 2 still refused"
    assert everything(settings) == before
    assert ledger(settings)["2026-10-05"] == (1, 0, 1, 1, 0)
    assert faults(settings) == []


@pytest.mark.parametrize(
    ("sent_again", "fate", "counts"),
    [
        (later(2), "duplicate", (1, 1, 0, 0, 0)),
        (later(2, time="2026-10-05T09:16:00+03:00"), "conflict", (1, 0, 1, 1, 0)),
    ],
)
def test_what_the_source_has_sent_again_meanwhile_is_not_counted_twice(deployment, sent_again, fate, counts):
    settings, environment = deployment
    load_by_older_contracts(settings, [later(2)])
    send(settings, [sent_again])
    assert load_all(settings)["accepted"] == 1

    replayed(environment)

    assert ledger(settings) == {"2026-10-05": counts}
    (told,) = rows(settings, "select coalesce(outcome, reason_code) from ops.dead_letter")
    assert told == (fate,)
    assert faults(settings) == []


def test_of_two_dead_letters_with_one_id_the_first_is_let_in(deployment):
    settings, environment = deployment
    other = later(2, time="2026-10-05T09:16:00+03:00")
    load_by_older_contracts(settings, [later(2), other, other])

    says = replayed(environment, "--batch-size", 1)

    assert says == "replayed 3 dead letters: 1 accepted, 0 duplicate, 0 held, 2 still refused"
    minutes = "select extract(minute from occurred_at)::int from landing.event"
    assert rows(settings, minutes) == [(15,)]
    assert ledger(settings) == {"2026-10-05": (1, 0, 2, 2, 0)}
    assert faults(settings) == []


def test_a_wider_contract_lets_in_what_the_narrower_one_refused(deployment, tmp_path):
    settings, environment = deployment
    narrower = shutil.copytree(FOLDER, tmp_path / "contracts")
    for newer in (narrower / "feedback").glob("given.v1.[0-9]*.json"):
        newer.unlink()
    given = narrower / "feedback" / "given.v1.json"
    schema = orjson.loads(given.read_bytes())
    data = {**orjson.loads(line(1))["data"], "language": "sv"}
    del schema["properties"]["language"]
    given.write_bytes(orjson.dumps(schema))
    send(settings, [line(1, data=data)])
    load_all(settings, contracts=read_contracts(narrower))
    before = rows(settings, "select reason_code, reason_text from ops.dead_letter")

    replayed(environment, "--source", DEVICE, "--day", "2026-10-05", "--event-type", "feedback.given")

    assert before == [("contract", "data.language: unknown field, leave it out")]
    assert rows(settings, "select data->>'language' from landing.event") == [("sv",)]


def test_one_of_an_unknown_point_is_held_and_flows_in_when_the_point_is_registered(deployment):
    settings, environment = deployment
    # Sent straight to a topic of another family: the ledger counts it there.
    topic = kafka_client.topic_name(settings, "feedback")
    kafka_client.ensure_topics(settings, [topic])
    message = kafka_client.Message(topic, b"oulu", later(2, subject="oulu"), None)
    kafka_client.produce(settings, [message], lambda _message, _timestamp: None)
    load_by_older_contracts(settings, [])

    replayed(environment)
    held = ledger(settings)
    released = reference.load(settings, [ROOT / "infra" / "deployments" / "demo"])

    assert held == {"2026-10-05": (0, 0, 0, 0, 1)}
    assert released[-1] == "released 1 held events of oulu"
    assert ledger(settings) == {"2026-10-05": (1, 0, 0, 0, 0)}
    assert faults(settings) == []


def test_a_second_replay_changes_nothing(deployment):
    settings, environment = deployment
    load_by_older_contracts(settings, [later(2), later(3), later(3), later(4, subject="nowhere"), b"broken"])
    replayed(environment)
    after_the_first = everything(settings)

    says = replayed(environment)

    assert says == "replayed 1 dead letters: 0 accepted, 0 duplicate, 0 held, 1 still refused"
    assert everything(settings) == after_the_first


def test_killed_again_and_again_a_replay_loses_nothing_and_doubles_nothing(deployment):
    settings, environment = deployment
    load_by_older_contracts(settings, [later(number % 300) for number in range(400)] + [b"broken"] * 10)

    for _ in range(4):
        kill_inside_a_transaction(settings, environment)
        kill_after_a_commit(settings, environment)
    closed_before_the_end = closed(settings)
    replayed(environment)

    assert 8 <= closed_before_the_end < 400, "every kill must find some done and some to do"
    assert rows(settings, "select count(*), count(distinct event_id) from landing.event") == [(300, 300)]
    assert ledger(settings)["2026-10-05"] == (300, 100, 0, 0, 0)
    assert [counts[2] for day, counts in ledger(settings).items() if day != "2026-10-05"] == [10]
    assert faults(settings) == []


def test_a_replay_that_meets_a_loader_with_the_same_event_looks_again(deployment):
    settings, environment = deployment
    load_by_older_contracts(settings, [later(2)])
    send(settings, [later(2)])

    with database.connect(settings) as blocker:
        blocker.execute("lock table ops.ledger in share row exclusive mode")
        loader = start_loader(environment, "1", 10)
        wait_for(lambda: waits_for_the_ledger(settings))
        replay = start_replay(environment)
        wait_for(lambda: waits_for_another_transaction(settings))
    assert [loader.wait(60), replay.wait(60)] == [0, 0]

    assert ledger(settings) == {"2026-10-05": (1, 1, 0, 0, 0)}
    assert faults(settings) == []


def test_without_the_private_key_nothing_is_replayed_and_it_is_said_who_can(deployment):
    settings, environment = deployment
    load_by_older_contracts(settings, [later(2)])
    (keys_folder(settings) / "dead_letters.private").unlink()

    result = dead_letters(environment, "replay")

    assert result.returncode == 1
    assert "ask the role that holds it" in result.stderr
    assert ledger(settings) == {"2026-10-05": (0, 0, 1, 0, 0)}


def start_replay(environment):
    command = [sys.executable, "-m", "infra", "dead-letters", "replay", "--batch-size", "2"]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def kill_inside_a_transaction(settings, environment):
    """Hold the ledger so that a replay stops with its rows written and not committed, kill it there, let go."""
    with database.connect(settings) as blocker:
        blocker.execute("lock table ops.ledger in share row exclusive mode")
        before = closed(settings)
        replay = start_replay(environment)
        wait_for(lambda: waits_for_the_ledger(settings))
        assert kill(replay) == 1
        assert closed(settings) == before


def kill_after_a_commit(settings, environment):
    """Start a replay, see it commit at least once, kill it at once."""
    before = closed(settings)
    replay = start_replay(environment)
    wait_for(lambda: closed(settings) > before)
    assert kill(replay) == 1


def closed(settings):
    return rows(settings, "select count(*) from ops.dead_letter where outcome is not null")[0][0]


def waits_for_another_transaction(settings):
    return rows(settings, "select count(*) from pg_locks where not granted and locktype = 'transactionid'")[0][0] > 0
