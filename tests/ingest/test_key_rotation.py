"""A new hashing key changes nothing that anybody counts: repeats are known, tickets stay linked, letters open."""

import subprocess
import tarfile

import pytest
from click.testing import CliRunner
from dead_letter_cases import dead_letters, faults
from loading import load_all, loader_log, register, rows, start_loader, wait_for
from sample_events import line

from infra import database, embedded_postgres
from ingest.contracts import read_contracts
from ingest.key_command import keys
from ingest.key_versions import rotate_hashing
from ingest.keys import keys_folder
from ingest.load import drain
from ingest.produce import send

pytestmark = pytest.mark.services

QUEUE = "/points/mikkeli/queue/q1"
ISSUED = {"queue_code": "a", "agency": "dvv", "access": "walk_in", "purpose": "service"}


@pytest.fixture
def deployment(make_deployment):
    settings, environment = make_deployment()
    register(settings, "mikkeli")
    return settings, environment


def run(environment, *arguments):
    result = CliRunner().invoke(keys, arguments, env=environment)
    assert result.exit_code == 0, repr(result.exception)
    return result.stdout


def ticket(number, name, key, **data):
    return line(
        number, source=QUEUE, type=f"fi.pulssi.queue.{name}.v1", data={"ticket_key": f"reference-{key}", **data}
    )


def linked(settings):
    """How many events each ticket has, most first."""
    query = "select count(*)::int from landing.event group by data ->> 'ticket_key' order by 1 desc"
    return [count for (count,) in rows(settings, query)]


def test_a_repeat_is_still_a_duplicate_and_a_change_a_conflict_after_two_rotations(deployment):
    settings, environment = deployment
    send(settings, [line(1)])
    load_all(settings)
    run(environment, "rotate", "hashing")
    send(settings, [line(1), line(2)])
    after_one = load_all(settings)
    run(environment, "rotate", "hashing")
    send(settings, [line(1), line(2), line(2, time="2026-10-05T09:16:00+03:00")])
    after_two = load_all(settings)

    assert (after_one["accepted"], after_one["duplicate"]) == (1, 1)
    assert (after_two["duplicate"], after_two["rejected"]) == (2, 1)
    assert rows(settings, "select key_version, retired_at is null from ops.deployment_key order by 1") == [
        (1, False),
        (2, False),
        (3, True),
    ]
    assert faults(settings) == []


def test_an_open_ticket_stays_one_ticket_and_a_new_one_gets_the_new_key(deployment):
    settings, environment = deployment
    send(settings, [ticket(1, "ticket_issued", "open", **ISSUED), ticket(2, "ticket_issued", "held", **ISSUED)])
    load_all(settings)
    old = rows(settings, "select distinct data ->> 'ticket_key' from landing.event")
    for number, version in ((10, 2), (20, 3)):
        assert f"hashing key {version} is in force" in run(environment, "rotate", "hashing")
        send(settings, [ticket(number, "called", "open", call_no=1), ticket(number + 1, "called", "new", call_no=1)])
        load_all(settings)

    assert linked(settings) == [3, 2, 1]
    assert len(set(old)) == 2
    assert faults(settings) == []


def test_a_dead_letter_of_the_old_key_s_time_is_let_in_under_its_ticket(deployment):
    settings, environment = deployment
    older = {name: one for name, one in read_contracts().items() if name != "fi.pulssi.queue.called.v1"}
    send(settings, [ticket(1, "ticket_issued", "open", **ISSUED), ticket(2, "called", "open", call_no=1)])
    load_all(settings, contracts=older)
    run(environment, "rotate", "hashing")
    run(environment, "rotate", "dead-letters")

    assert "1 accepted" in dead_letters(environment, "replay").stdout

    assert linked(settings) == [2]
    assert faults(settings) == []


def test_a_loader_that_runs_goes_on_with_the_new_key_and_nothing_is_lost(deployment):
    settings, environment = deployment
    send(settings, [ticket(number, "ticket_issued", f"t{number % 300}", **ISSUED) for number in range(900)])
    loader = start_loader(environment, "1", 5)
    wait_for(lambda: accepted(settings) >= 100)

    with database.connect(settings) as connection:
        rotate_hashing(connection, settings)
    before = accepted(settings)

    assert loader.wait(120) == 0, loader_log(environment).read_text()[-2000:]
    send(settings, [ticket(1000 + number, "called", f"t{number}", call_no=1) for number in range(300)])
    load_all(settings)

    assert before < 900, "the loader was done before the rotation: produce more"
    assert linked(settings) == [4] * 300
    assert faults(settings) == []


def accepted(settings):
    return rows(settings, "select count(*) from landing.event")[0][0]


def test_letters_sealed_before_a_rotation_open_until_they_expire_and_then_the_old_key_goes(deployment):
    settings, environment = deployment
    send(settings, [b"first"])
    load_all(settings)
    run(environment, "rotate", "dead-letters")
    send(settings, [b"second"])
    load_all(settings)
    opened = [dead_letters(environment, "show", number, "--bytes").stdout for number in (1, 2)]

    kept = private_keys(settings)
    dead_letters(environment, "expire", "--older-than-days", 1)
    too_early = private_keys(settings)
    rows_changed(settings, "update ops.dead_letter set stored_at = now() - interval '40 days' where dead_letter_id = 1")
    dead_letters(environment, "expire")

    assert opened == ["first", "second"]
    assert kept == too_early == ["dead_letters.private", "dead_letters.private.2"]
    assert private_keys(settings) == ["dead_letters.private.2"]
    assert dead_letters(environment, "show", 2, "--bytes").stdout == "second"


def test_a_loader_that_runs_seals_to_the_new_pair_so_the_old_one_may_go(deployment):
    settings, environment = deployment
    first, second = (
        b'{"subject": "mikkeli", "number": %d}' % number for number in (1, 2)
    )  # of one partition: in order
    send(settings, [first, second])
    loading = drain(settings, batch_size=1)
    next(loading)
    run(environment, "rotate", "dead-letters")
    for _ in loading:
        pass
    rows_changed(settings, "update ops.dead_letter set stored_at = now() - interval '40 days' where dead_letter_id = 1")
    dead_letters(environment, "expire")

    assert private_keys(settings) == ["dead_letters.private.2"]
    assert dead_letters(environment, "show", 2, "--bytes").stdout == second.decode()


def private_keys(settings):
    return sorted(path.name for path in keys_folder(settings).glob("dead_letters.private*"))


def rows_changed(settings, statement):
    with database.connect(settings) as connection:
        connection.execute(statement)


def test_no_backup_of_the_database_or_of_the_output_holds_a_key(deployment, tmp_path):
    settings, environment = deployment
    send(settings, [b"broken", line(1)])
    load_all(settings)
    run(environment, "rotate", "hashing")
    run(environment, "rotate", "dead-letters")
    settings.output.mkdir(parents=True, exist_ok=True)
    dump = embedded_postgres.binaries() / "pg_dump"
    copies = [tmp_path / "database.sql", tmp_path / "output.tar"]

    subprocess.run([dump, "--file", copies[0], database.url(settings)], check=True)
    with tarfile.open(copies[1], "w") as archive:
        archive.add(settings.output)
    shown = run(environment, "show")

    secrets = [path.read_bytes() for path in keys_folder(settings).iterdir() if "public" not in path.name]
    assert len(secrets) == 4
    content = b"".join(path.read_bytes() for path in copies)
    assert len(content) > 50_000
    assert [one for one in secrets if one in content or one.hex().encode() in content or one.hex() in shown] == []
    assert shown.endswith("readable by their owner only\n")
