"""On a server with users of its own, PostgreSQL lets one role read the sealed bytes, and the loader is not it."""

import uuid

import psycopg
import pytest
from dead_letter_cases import dead_letters, faults
from loading import load_all, register, rows
from sample_events import line

from infra import database
from infra.settings import read_settings
from ingest.keys import keys_folder
from ingest.produce import send

pytestmark = pytest.mark.services


@pytest.fixture
def make_given(make_deployment, service_environment):
    """A function that makes a deployment whose tables belong to a user who is no superuser; and a superuser."""

    def make(attributes):
        name = f"given_{uuid.uuid4().hex[:12]}"
        superuser = psycopg.connect(database.url(read_settings(service_environment), "postgres"), autocommit=True)
        superuser.execute(f"create role {name} login {attributes} password 'secret'")
        superuser.execute(f"create database {name} owner {name}")
        port = superuser.info.port
        settings, environment = make_deployment(
            PULSSI_DATABASE_URL=f"postgresql://{name}:secret@127.0.0.1:{port}/{name}"
        )
        return settings, environment, superuser, name

    return make


def test_the_loader_s_user_counts_and_lists_dead_letters_but_only_the_role_reads_their_bytes(make_given):
    settings, environment, superuser, name = make_given("createrole")
    with superuser:
        register(settings, "mikkeli")
        send(settings, [line(1), b"broken", b"also"])
        load_all(settings)

        listed = dead_letters(environment, "list")
        refused = dead_letters(environment, "show", 1, "--bytes")
        replay_refused = dead_letters(environment, "replay")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            rows(settings, "select sealed_bytes from ops.dead_letter")
        superuser.execute(f"grant {name}_dead_letters to {name} with set true")
        allowed = dead_letters(environment, "show", 1, "--bytes")
        replayed = dead_letters(environment, "replay")
        expired = dead_letters(environment, "expire", "--older-than-days", 0)

    assert "2 dead letters open" in listed.stdout
    assert refused.returncode == replay_refused.returncode == 1
    assert f"for the role {name}_dead_letters only" in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1
    assert allowed.stdout in ("broken", "also")
    assert "2 still refused" in replayed.stdout
    assert "deleted the bytes of 2" in expired.stdout
    assert faults(settings) == []


def test_where_the_role_cannot_be_made_the_private_key_is_the_guard_until_someone_makes_it(make_given):
    settings, environment, superuser, name = make_given("")
    with superuser:
        send(settings, [b"broken"])
        load_all(settings)

        by_key = dead_letters(environment, "show", 1, "--bytes")
        superuser.execute(f"create role {name}_dead_letters nologin")
        with database.connect(settings) as connection:
            connection.execute("select ops.guard_dead_letters()")
        by_role = dead_letters(environment, "show", 1, "--bytes")
        superuser.execute(f"grant {name}_dead_letters to {name} with set true")
        (keys_folder(settings) / "dead_letters.private").unlink()
        without_key = dead_letters(environment, "show", 1, "--bytes")

    assert by_key.stdout == "broken"
    assert "only: have its holder run this command" in by_role.stderr
    assert "ask the role that holds it" in without_key.stderr
