"""A source that sends rubbish is parked and told; the others go on, and whatever was parked comes back exactly once."""

from dataclasses import replace
from datetime import UTC, datetime

import kafka
import pytest
from click.testing import CliRunner
from dead_letter_cases import faults
from loading import kill, load_all, loader_log, register, rows, start_loader, wait_for, waits_for_the_ledger
from sample_events import line

from infra import database
from infra.services import kafka_bootstrap_servers
from infra.settings import BreakerLimits
from ingest.breakers import command as commands
from ingest.breakers.rows import BreakerMoved, Breakers
from ingest.kafka import client as kafka_client
from ingest.produce import send

pytestmark = pytest.mark.services

GOOD, BAD = "/points/pori/devices/good", "/points/mikkeli/devices/bad"
LIMITS = BreakerLimits(minimum_count=20, probe_count=5)


@pytest.fixture
def deployment(make_deployment):
    settings, environment = make_deployment()
    register(settings, "mikkeli", "pori")
    with (settings.deployment.folder / "deployment.yml").open("a") as file:
        file.write("breaker: {minimum_count: 20, probe_count: 5}\n")
    with database.connect(settings) as connection:
        connection.execute(
            "insert into reference.source values "
            "(%s, 'feedback', 'device', 'mikkeli', 'Laitetoimittaja', 'continuous', '2026-01-01')",
            (BAD,),
        )
    return replace(settings, deployment=replace(settings.deployment, breaker=LIMITS)), environment


def at(hour, minute=0):
    return f"2026-10-05T{hour:02}:{minute:02}:00Z"


def rubbish(number, received):
    return line(number, source=BAD, receivedtime=received, data={"mode": "no such mode", "answers": []})


def good(number, received, source=BAD, point="mikkeli"):
    return line(number, source=source, subject=point, receivedtime=received)


def breakers(environment, *arguments):
    result = CliRunner().invoke(commands.breakers, arguments, env=environment)
    assert result.exit_code == 0, repr(result.exception)
    return result.stdout


def fates(settings, source):
    query = f"""
        select sum(accepted_count)::int, sum(duplicate_count)::int, sum(rejected_count)::int, sum(parked_count)::int
        from ops.ledger where source = '{source}'
    """
    return rows(settings, query)[0]


def notices(settings):
    return rows(settings, "select state, owner from ops.breaker_notice order by notice_id")


def test_a_source_of_rubbish_is_stopped_its_owner_is_told_and_the_others_do_not_feel_it(deployment):
    settings, environment = deployment
    send(settings, [rubbish(number, at(6)) for number in range(30)])
    load_all(settings, batch_size=10)
    send(settings, [good(100 + number, at(6, 10)) for number in range(7)])
    send(settings, [good(200 + number, at(6, 10), GOOD, "pori") for number in range(50)])
    load_all(settings)

    assert fates(settings, BAD) == (0, 0, 20, 17)
    assert fates(settings, GOOD) == (50, 0, 0, 0)
    assert faults(settings) == []
    assert notices(settings) == [("open", "Laitetoimittaja")]
    told = breakers(environment, "list", "--language", "fi")
    assert f"open       {BAD}   owner: Laitetoimittaja" in told
    assert "viimeksi käsitellyistä 20 tapahtumasta 20 oli virheellisiä" in told
    assert "17 events parked" in told


def test_when_good_events_come_after_the_pause_it_closes_by_itself_and_what_was_parked_flows_back(deployment):
    settings, _ = deployment
    repeated = good(100, at(6, 10))
    send(settings, [rubbish(number, at(6)) for number in range(25)])
    send(settings, [repeated, repeated, good(101, at(6, 20))])
    load_all(settings)
    waiting = fates(settings, BAD)
    send(settings, [good(200 + number, at(7)) for number in range(8)])
    load_all(settings)

    assert waiting == (0, 0, 20, 8)
    assert fates(settings, BAD) == (10, 1, 25, 0)
    assert rows(settings, "select outcome, count(*)::int from ops.parked_event group by 1 order by 1") == [
        ("accepted", 2),
        ("duplicate", 1),
        ("rejected", 5),
    ]
    assert [state for state, _ in notices(settings)] == ["open", "closed"]
    assert faults(settings) == []
    (stored,) = rows(settings, "select distinct received_at at time zone 'UTC' from landing.event order by 1 limit 1")
    assert str(stored[0]) == "2026-10-05 06:10:00"


def test_a_source_that_has_fallen_silent_is_tried_by_what_it_sent_last(deployment):
    settings, _ = deployment
    send(settings, [rubbish(number, at(6)) for number in range(25)])
    send(settings, [good(100 + number, at(6, 10)) for number in range(8)])
    load_all(settings)
    load_all(settings)
    assert fates(settings, BAD) == (0, 0, 20, 13)
    pass_two_pauses(settings)
    load_all(settings)

    assert fates(settings, BAD) == (8, 0, 25, 0)
    assert [state for state, _ in notices(settings)] == ["open", "closed"]
    assert faults(settings) == []


def test_a_silent_source_whose_last_events_are_bad_stays_stopped_and_is_tried_again(deployment):
    settings, _ = deployment
    send(settings, [rubbish(number, at(6)) for number in range(32)])
    load_all(settings)
    for parked in (12, 7, 2, 0):
        load_all(settings)
        assert fates(settings, BAD)[3] == parked
        pass_two_pauses(settings)

    assert [state for state, _ in notices(settings)] == ["open", "again", "again"]
    assert faults(settings) == []


def pass_two_pauses(settings):
    with database.connect(settings) as connection:
        connection.execute("update ops.breaker set updated_at = now() - interval '61 minutes'")


def test_bad_probes_open_it_again_and_a_person_can_let_in_what_is_parked(deployment):
    settings, environment = deployment
    send(settings, [rubbish(number, at(6)) for number in range(20)])
    send(settings, [rubbish(100 + number, at(7)) for number in range(8)])
    send(settings, [good(200, at(7, 5))])
    load_all(settings)
    before = fates(settings, BAD)

    said = breakers(environment, "release", BAD)

    assert before == (0, 0, 25, 4)
    assert said.endswith("of 4 parked events: 1 accepted, 3 rejected\n")
    assert fates(settings, BAD) == (1, 0, 28, 0)
    assert [state for state, _ in notices(settings)] == ["open", "again", "released"]
    assert breakers(environment, "list").endswith("0 breakers open, 0 events parked\n")
    assert faults(settings) == []


def test_what_is_given_up_is_rejected_and_says_by_whom_and_why(deployment):
    settings, environment = deployment
    send(settings, [rubbish(number, at(6)) for number in range(23)])
    load_all(settings)

    breakers(environment, "discard", BAD, "--role", "quality_console", "--why", "test device")

    assert fates(settings, BAD) == (0, 0, 23, 0)
    assert rows(
        settings,
        "select reason_code, discarded_by, discard_reason, count(*)::int from ops.dead_letter "
        "where discarded_at is not null group by 1, 2, 3",
    ) == [("parked_discarded", "quality_console", "test device", 3)]
    assert notices(settings)[-1] == ("discarded", "Laitetoimittaja")
    assert faults(settings) == []


def test_what_the_parking_topic_no_longer_has_is_rejected_with_that_reason_and_told(deployment):
    settings, environment = deployment
    send(settings, [rubbish(number, at(6)) for number in range(24)])
    load_all(settings)
    with kafka_client.open_admin(settings) as admin:
        admin.delete_topics([kafka_client.topic_name(settings, "parked")])
    wait_for(lambda: kafka_client.topic_name(settings, "parked") not in topics_of(settings))

    breakers(environment, "release", BAD)

    assert fates(settings, BAD) == (0, 0, 24, 0)
    assert rows(settings, "select count(*)::int from ops.dead_letter where reason_code = 'parked_expired'") == [(4,)]
    assert notices(settings)[-1] == ("expired", "Laitetoimittaja")
    assert faults(settings) == []


def test_killed_again_and_again_while_it_parks_and_lets_in_the_loader_loses_and_doubles_nothing(deployment):
    settings, environment = deployment
    produced = [rubbish(number, at(6, number % 60)) for number in range(200)]
    produced += [good(1000 + number, at(6, 59)) for number in range(200)]
    produced += [good(2000 + number, at(8 + number // 60, number % 60)) for number in range(200)]
    produced += [good(3000 + number % 100, at(6), GOOD, "pori") for number in range(300)]
    send(settings, produced)

    for _ in range(3):
        kill_inside_a_transaction(settings, environment)
        kill_after_a_commit(settings, environment)
    left = len(produced) - loaded(settings)
    assert start_loader(environment, "1", 10_000).wait(120) == 0

    assert left > 0, "the loader was done before the last kill: produce more"
    assert rows(settings, "select count(*) from ops.parked_event")[0][0] > 0
    assert in_parking_topic(settings) >= rows(settings, "select count(*) from ops.parked_event")[0][0]
    assert fates(settings, BAD) == (400, 0, 200, 0)
    assert fates(settings, GOOD) == (100, 200, 0, 0)
    assert rows(settings, "select count(*), count(distinct event_id) from landing.event") == [(500, 500)]
    assert faults(settings) == []


def test_two_loaders_that_share_a_source_agree_on_its_breaker_and_lose_nothing(deployment):
    settings, environment = deployment
    points = [f"p{number}" for number in range(8)]
    register(settings, *points)
    produced = [
        line(
            number,
            source="/agencies/kela/system",
            subject=points[number % 8],
            receivedtime=at(6 + number // 300, number // 5 % 60),
            data={"mode": "device" if number > 900 or number % 3 == 0 else "no such mode", "answers": []},
        )
        for number in range(1500)
    ]
    send(settings, produced)

    loaders = [start_loader(environment, worker, 20) for worker in ("1", "2")]
    assert [loader.wait(120) for loader in loaders] == [0, 0], loader_log(environment).read_text()[-3000:]
    breakers(environment, "list")
    if fates(settings, "/agencies/kela/system")[3]:
        breakers(environment, "release", "/agencies/kela/system")

    assert fates(settings, "/agencies/kela/system") == (900, 0, 600, 0)
    assert "open" in {state for state, _ in notices(settings)}
    assert faults(settings) == []


def test_a_loader_that_judged_by_an_older_state_of_a_breaker_looks_again(deployment):
    settings, _ = deployment
    received_at = datetime(2026, 10, 5, 6, tzinfo=UTC)
    with database.connect(settings) as first, database.connect(settings) as second:
        quicker, slower = Breakers(first, [BAD], LIMITS), Breakers(second, [BAD], LIMITS)
        for _ in range(20):
            quicker.judged(BAD, received_at, is_bad=True)
        slower.judged(BAD, received_at, is_bad=True)
        quicker.write(first)
        first.commit()

        with pytest.raises(BreakerMoved):
            slower.write(second)
        assert Breakers(second, [BAD], LIMITS).parks(BAD, received_at)


def kill_after_a_commit(settings, environment):
    before = progress(settings)
    loader = start_loader(environment, "1", 20)
    wait_for(lambda: progress(settings) > before or loader.poll() is not None)
    kill(loader)


def kill_inside_a_transaction(settings, environment):
    """Hold the ledger so that a loader stops with its rows written and not committed, kill it there, let go."""
    with database.connect(settings) as blocker:
        blocker.execute("lock table ops.ledger in share row exclusive mode")
        loader = start_loader(environment, "1", 20)
        wait_for(lambda: waits_for_the_ledger(settings) or loader.poll() is not None)
        kill(loader)


def progress(settings):
    query = "select count(*) from ops.parked_event where outcome is not null"
    return loaded(settings) + rows(settings, query)[0][0]


def loaded(settings):
    return rows(settings, "select coalesce(sum(next_offset - first_offset), 0) from ops.kafka_offset")[0][0]


def topics_of(settings):
    with kafka_client.open_admin(settings) as admin:
        return set(admin.list_topics())


def in_parking_topic(settings):
    consumer = kafka.KafkaConsumer(bootstrap_servers=kafka_bootstrap_servers(settings))
    topic = kafka_client.topic_name(settings, "parked")
    places = [kafka.TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic)]
    try:
        return sum(consumer.end_offsets(places).values())
    finally:
        consumer.close()
