"""A loader that is killed again and again loses nothing and doubles nothing."""

import json
from collections import Counter

import pytest
from loading import kill, register, rows, start_loader, wait_for, waits_for_the_ledger
from sample_events import line

from infra import database
from ingest.ledger import read_balance
from ingest.produce import send

pytestmark = pytest.mark.services

KILLS_AFTER_COMMITS = 20
KILLS_IN_TRANSACTIONS = 10


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


def stored_offset(settings):
    return rows(settings, "select coalesce(sum(next_offset), 0) from ops.kafka_offset")[0][0]
