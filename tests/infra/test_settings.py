"""What a person reads when a setting or a deployment is wrong."""

import errno

import psycopg
import pytest
import sqlalchemy.exc

from infra.errors import ActionNeeded
from infra.explained_errors import explained
from infra.settings import ROOT, read_settings

GOOD = (ROOT / "infra" / "deployments" / "demo" / "deployment.yml").read_text(encoding="utf-8")


def test_an_empty_variable_is_as_good_as_none():
    given = {"PULSSI_HOME": "", "PULSSI_DATABASE_URL": "", "PULSSI_KAFKA_PORT": "", "PULSSI_DEPLOYMENT": ""}

    assert read_settings(given) == read_settings({})


def test_a_kafka_user_needs_a_password_and_neither_is_shown():
    user = {"PULSSI_KAFKA_USER": "loader", "PULSSI_KAFKA_PASSWORD": "s3cr3t"}

    for given, missing in (("USER", "PASSWORD"), ("PASSWORD", "USER")):
        name = f"PULSSI_KAFKA_{given}"
        with pytest.raises(ActionNeeded, match=f"PULSSI_KAFKA_{missing} is not set"):
            read_settings({name: user[name]})
    with pytest.raises(ActionNeeded, match="PULSSI_KAFKA_PROTOCOL is 'SSL': give SASL_SSL or SASL_PLAINTEXT"):
        read_settings({**user, "PULSSI_KAFKA_PROTOCOL": "SSL"})
    assert "s3cr3t" not in repr(read_settings(user))


def test_a_url_that_cannot_be_read_is_not_shown_because_it_holds_a_password():
    with pytest.raises(ActionNeeded, match="PULSSI_DATABASE_URL cannot be read") as stopped:
        read_settings({"PULSSI_DATABASE_URL": "postgresql://pulssi:se%crt@127.0.0.1/pulssi"})

    assert "crt" not in str(stopped.value)
    assert stopped.value.__suppress_context__


@pytest.mark.parametrize(
    ("line", "wrong", "said"),
    [
        ("database: pulssi_demo", "database: [", "is not YAML"),
        ("database: pulssi_demo", "database: Pulssi; drop", "database is 'Pulssi; drop': give a name of small letters"),
        ("topic_prefix: demo", "topic_prefix: de mo", "topic_prefix is 'de mo': give letters"),
        ("time_zone: Europe/Helsinki", "time_zone: Helsinki", "time_zone is 'Helsinki': give an IANA name"),
        ("trusts_received_time: true", "trusts_received_time: maybe", "trusts_received_time is 'maybe': give true or"),
        ("partitions: 6", "partitions: many", "partitions is 'many': give a whole number"),
        ("partitions: 6", "parts: 6", "partitions: missing, parts: unknown: give the keys"),
    ],
)
def test_a_deployment_file_that_is_wrong_is_named_with_key_value_and_fix(tmp_path, line, wrong, said):
    assert line in GOOD
    file = tmp_path / "deployment.yml"
    file.write_text(GOOD.replace(line, wrong), encoding="utf-8")

    with pytest.raises(ActionNeeded) as refusal:
        read_settings({"PULSSI_DEPLOYMENT": str(tmp_path)})

    assert str(file) in str(refusal.value)
    assert said in str(refusal.value)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "free some space"),
        (psycopg.errors.DiskFull("could not extend file"), "free some space"),
        (sqlalchemy.exc.OperationalError("select", None, psycopg.OperationalError("refused")), "pulssi up"),
        (psycopg.errors.UndefinedTable('relation "ops.gate_run" does not exist'), "pulssi migrate"),
        (PermissionError(errno.EACCES, "Permission denied", "/srv/pulssi"), "/srv/pulssi: Permission denied"),
        (KeyError("a fault of the program"), None),
    ],
)
def test_what_a_person_can_mend_is_said_and_a_fault_of_the_program_is_not_hidden(error, said):
    line = explained(error)

    assert line is None if said is None else said in str(line)
