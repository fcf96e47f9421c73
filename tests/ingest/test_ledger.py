"""The ledger shows each stop of an event's way, and names the source and the day where something is missing."""

import threading

import pytest
from click.testing import CliRunner
from loading import load_all, register, rows, wait_for
from sample_events import line

from infra import database
from infra.errors import ActionNeeded
from ingest.kafka import client as kafka_client
from ingest.key_versions import keys_in_force
from ingest.ledger import ledger
from ingest.load import drain
from ingest.produce import send

pytestmark = pytest.mark.services

DEVICE, OTHER = "/points/mikkeli/devices/d1", "/points/mikkeli/devices/d2"
NEXT_MONTH = "2026-11-02T06:15:02Z"


@pytest.fixture
def deployment(make_deployment):
    settings, environment = make_deployment()
    register(settings, "mikkeli")
    return settings, environment


def shown(environment, *arguments):
    result = CliRunner().invoke(ledger, arguments, env=environment)
    return result.exit_code, result.stdout


def of_feedback(settings, text):
    return next(
        line.split()[1:] for line in text.splitlines() if line.startswith(f"{settings.deployment.name}.feedback")
    )


def test_every_stop_is_shown_and_what_is_not_loaded_yet_is_named_by_source_and_day(deployment):
    settings, environment = deployment
    send(settings, [line(1), line(1), b"broken", line(2, subject="nowhere")])
    before = shown(environment)
    load_all(settings)
    balanced = shown(environment)
    send(settings, [line(3, source=OTHER), line(4, source=OTHER)])
    waiting = shown(environment)

    assert of_feedback(settings, before[1])[:3] == ["4", "4", "0"]
    assert balanced[0] == 0
    assert of_feedback(settings, balanced[1]) == ["4", "4", "4", "1", "1", "1", "1", "0"]
    assert waiting[0] == 1
    assert of_feedback(settings, waiting[1])[:3] == ["6", "6", "4"]
    assert f"NOT BALANCED  {settings.deployment.name}.feedback: 6 in Kafka, 4 loaded" in waiting[1]
    assert f"NOT BALANCED  2026-10-05 {OTHER} ({settings.deployment.name}.feedback): 2 produced, 0 in" in waiting[1]


def test_a_count_that_a_sender_could_not_write_is_named_by_source_and_day(deployment):
    settings, environment = deployment
    send(settings, [line(1), line(2, source=OTHER)])
    load_all(settings)
    with database.connect(settings) as connection:
        connection.execute("delete from ops.produced where source = %s", (OTHER,))

    code, text = shown(environment)

    assert code == 1
    assert f"{settings.deployment.name}.feedback: 1 produced, 2 in Kafka" in text
    assert f"2026-10-05 {OTHER} ({settings.deployment.name}.feedback): 0 produced, 1 in the ledger" in text


def test_duplicates_and_conflicts_stand_by_source_and_month(deployment):
    settings, environment = deployment
    send(settings, [line(1), line(1), line(1), line(2), line(2, receivedtime=NEXT_MONTH)])
    send(settings, [line(3, source=OTHER), line(3, source=OTHER, time="2026-10-05T09:16:00+03:00")])
    load_all(settings)

    code, text = shown(environment, "--duplicates")
    november = shown(environment, "--duplicates", "--month", "2026-11")[1]

    assert code == 0
    assert [line.split() for line in text.splitlines()[1:4]] == [
        ["2026-10", "4", "2", "1", "0", DEVICE],
        ["2026-10", "2", "0", "0", "1", OTHER],
        ["2026-11", "1", "1", "1", "0", DEVICE],
    ]
    assert "\n3 duplicates and 1 conflicts" in text
    assert len(november.splitlines()) == 3


def test_a_topic_made_again_while_it_is_followed_stops_the_loader_and_the_next_one_reads_it_whole(deployment):
    settings, _ = deployment
    topic = kafka_client.topic_name(settings, "feedback")
    send(settings, [line(number) for number in range(10)])
    following = drain(settings, follow=True)
    next(following)

    with kafka_client.open_admin(settings) as admin:
        admin.delete_topics([topic])
        wait_for(lambda: topic not in admin.list_topics())
    send(settings, [line(number) for number in range(100, 150)])

    with pytest.raises(ActionNeeded, match=f"{topic} was deleted while it was being loaded"):
        list(following)
    assert load_all(settings)["accepted"] == 50


def test_loaders_that_begin_a_database_at_the_same_moment_agree_on_its_key(deployment):
    settings, _ = deployment
    failures = []

    def begin(barrier):
        with database.connect(settings) as connection:
            connection.autocommit = True
            barrier.wait()
            try:
                keys_in_force(connection, settings)
            except Exception as error:
                failures.append(error)

    for _ in range(30):
        with database.connect(settings) as connection:
            connection.execute("delete from ops.deployment_key")
        barrier = threading.Barrier(2)
        pair = [threading.Thread(target=begin, args=(barrier,)) for _ in range(2)]
        for one in pair:
            one.start()
        for one in pair:
            one.join()

    assert failures == []
    assert rows(settings, "select key_version from ops.deployment_key") == [(1,)]
