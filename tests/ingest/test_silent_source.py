"""A stopped source that has fallen silent, and whose parked events Kafka no longer has: all are given up, and told."""

import pytest
from dead_letter_cases import faults
from loading import load_all, register, rows, wait_for
from sample_events import line

from infra import database
from ingest.kafka import client as kafka_client
from ingest.produce import send

pytestmark = pytest.mark.services

SOURCE, PARKED = "/points/mikkeli/devices/stopped", "{}.parked"


def test_what_the_parking_topic_lost_of_a_silent_source_does_not_wait_for_ever(make_deployment):
    settings, _ = make_deployment()
    register(settings, "mikkeli")
    changed(
        settings,
        "insert into ops.breaker (source, state, judged_count, bad_count, window_started_at, opened_at, pause_ends_at) "
        f"values ('{SOURCE}', 'open', 0, 0, now(), now(), now() + interval '1 hour')",
    )
    send(settings, [line(number, source=SOURCE) for number in range(50)])
    load_all(settings)
    with kafka_client.open_admin(settings) as admin:
        admin.delete_topics([PARKED.format(settings.deployment.topic_prefix)])
        wait_for(lambda: PARKED.format(settings.deployment.topic_prefix) not in admin.list_topics())
    changed(settings, "update ops.breaker set updated_at = now() - interval '61 minutes'")
    load_all(settings)

    query = "select outcome, count(*)::int from ops.parked_event group by 1"
    assert rows(settings, query) == [("expired", 50)]
    assert faults(settings) == []


def changed(settings, statement):
    with database.connect(settings) as connection:
        connection.execute(statement)
