"""Dead letters as people see them: listed, shown, explained, given up, and without their bytes after the set time."""

import pytest
from dead_letter_cases import DEVICE, DISPLAY, dead_letters, faults, later, ledger, load_by_older_contracts, replayed
from loading import load_all, rows
from sample_events import line

from infra import database
from infra.settings import ROOT
from ingest.keys import keys_folder, read_keys
from ingest.produce import send
from ingest.reference import command as reference

pytestmark = pytest.mark.services

NEXT_DAY = "2026-10-06T06:15:02Z"
WITH_A_NUMBER = line(9, data={"mode": "sms", "answers": [], "phone_number": "040 1234567"})


@pytest.fixture
def deployment(make_deployment):
    settings, environment = make_deployment()
    reference.load(settings, [ROOT / "infra" / "deployments" / "demo"])
    return settings, environment


def printed(environment, *arguments):
    result = dead_letters(environment, *arguments)
    assert result.returncode == 0, result.stderr
    return result.stdout


def number_of(settings, reason, source="%"):
    query = f"""
        select min(dead_letter_id) from ops.dead_letter where reason_code = '{reason}' and source like '{source}'
    """
    return rows(settings, query)[0][0]


def test_the_newest_are_listed_first_and_filters_narrow_the_list(deployment):
    settings, environment = deployment
    load_by_older_contracts(settings, [later(2), later(3, receivedtime=NEXT_DAY), WITH_A_NUMBER])

    whole = printed(environment, "list").splitlines()
    one = printed(environment, "list", "--source", DISPLAY, "--reason", "unknown_type", "--day", "2026-10-06")
    queue = printed(environment, "list", "--event-type", "queue.observed", "--limit", "1")

    assert [line.split()[1] for line in whole[:3]] == ["2026-10-06", "2026-10-05", "2026-10-05"]
    assert whole[3:-1] == [
        "2 queue events at Mikkeli joint service point were not counted.",
        "1 press at Mikkeli joint service point was not counted.",
    ]
    assert whole[-1] == "3 dead letters open"
    assert "2026-10-06 06:15Z  open      unknown_type       fi.pulssi.queue.observed.v1  " + DISPLAY in one
    assert one.endswith("\n1 dead letters open\n")
    assert queue.endswith("\n2 dead letters open, 1 shown: see --limit\n")


def test_the_summary_counts_per_source_and_reason_in_the_state_asked_for(deployment):
    settings, environment = deployment
    load_by_older_contracts(settings, [later(2), later(3), WITH_A_NUMBER])
    replayed(environment, number_of(settings, "unknown_type"))

    still_open = printed(environment, "list", "--summary").split("\n")
    accepted = printed(environment, "list", "--summary", "--state", "accepted")

    assert still_open[0].split()[:3] == ["1", "contract", DEVICE]
    assert still_open[1].split()[:3] == ["1", "unknown_type", DISPLAY]
    assert accepted.split()[:3] == ["1", "unknown_type", DISPLAY]


def test_the_bytes_are_shown_as_they_were_sent_and_only_when_asked_for(deployment):
    settings, environment = deployment
    load_by_older_contracts(settings, [WITH_A_NUMBER])
    number = number_of(settings, "contract")

    shown = printed(environment, "show", number)
    opened = printed(environment, "show", number, "--bytes")

    assert "data.phone_number: unknown field, leave it out" in shown
    assert "1234567" not in shown
    assert opened == WITH_A_NUMBER.decode()


@pytest.mark.parametrize("key", ["missing", "another"])
def test_without_the_right_private_key_the_bytes_stay_closed_and_a_line_says_why(deployment, key):
    settings, environment = deployment
    load_by_older_contracts(settings, [later(2)])
    folder = keys_folder(settings)
    (folder / "dead_letters.private").unlink()
    if key == "another":
        (folder / "dead_letters.public").unlink()
        read_keys(settings)

    result = dead_letters(environment, "show", number_of(settings, "unknown_type"), "--bytes")

    says = {"missing": "ask the role that holds it", "another": "sealed for another key"}
    assert (result.returncode, result.stdout) == (1, "")
    assert says[key] in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("language", "costs"),
    [
        ("fi", "3 painallusta Mikkelin yhteisessä asiakaspalvelupisteessä jäi laskematta."),
        ("sv", "3 tryckningar vid S:t Michels gemensamma kundserviceställe räknades inte."),
        ("en", "3 presses at Mikkeli joint service point were not counted."),
    ],
)
def test_the_owner_of_a_source_is_told_what_it_costs_in_words(deployment, language, costs):
    settings, environment = deployment
    send(settings, [line(number, data={"mode": "device"}) for number in range(3)] + [later(9, data={})])
    load_all(settings)

    explained = printed(environment, "explain", number_of(settings, "contract", DEVICE), "--language", language)

    assert explained.splitlines()[2] == costs
    assert "data.answers: missing" in explained.splitlines()[-1]


def test_a_reason_is_explained_with_its_cost_over_all_sources(deployment):
    settings, environment = deployment
    load_by_older_contracts(settings, [line(1, subject="nowhere", source="/agencies/kela/x", time="x"), later(2), b"?"])

    contract, broken = (printed(environment, "explain", "--reason", code) for code in ("contract", "not_json"))
    unknown = dead_letters(environment, "explain", "--reason", "weather")

    assert "1 feedback answer from /agencies/kela/x was not counted." in contract
    assert "1 message from an unknown source was not counted." in broken
    assert "give one of not_json" in unknown.stderr


def test_a_discarded_one_loses_its_bytes_tells_why_and_stays_rejected(deployment):
    settings, environment = deployment
    load_by_older_contracts(settings, [later(2), later(3), WITH_A_NUMBER])
    arguments = ("--source", DISPLAY, "--role", "quality_console", "--why", "test device, ask 040 1234567")

    says = printed(environment, "discard", *arguments)
    again = printed(environment, "discard", *arguments)
    replay = replayed(environment)

    assert says.startswith("discarded 2 dead letters")
    assert again.startswith("discarded 0 dead letters")
    assert replay == "2 could not be replayed: their bytes are deleted"
    assert rows(
        settings,
        "select discarded_by, discard_reason, sealed_bytes is null, count(*) from ops.dead_letter "
        "group by 1, 2, 3 order by 4 desc",
    ) == [("quality_console", "test device, ask [phone]", True, 2), (None, None, False, 1)]
    assert ledger(settings) == {"2026-10-05": (0, 0, 3, 0, 0)}
    assert faults(settings) == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("discard", "--role", "quality_console", "--why", "x"), "name IDs or a filter"),
        (("discard", "1", "--role", "Matti Meikäläinen", "--why", "x"), "never a name"),
        (("discard", "1", "--role", "quality_console", "--why", " "), "the reason is empty"),
        (("replay", "1", "77"), "there is no dead letter 77"),
        (("show", "77"), "there is no dead letter 77"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_a_line_and_changes_nothing(deployment, arguments, says):
    settings, environment = deployment
    load_by_older_contracts(settings, [later(2)])

    result = dead_letters(environment, *arguments)

    assert result.returncode == 1
    assert says in result.stderr
    assert "open\n" in printed(environment, "list")
    assert ledger(settings) == {"2026-10-05": (0, 0, 1, 0, 0)}


def test_after_the_set_time_the_bytes_go_and_rows_and_counts_stay(deployment):
    settings, environment = deployment
    load_by_older_contracts(settings, [later(2), later(3)])
    first = number_of(settings, "unknown_type")
    with database.connect(settings) as connection:
        connection.execute(
            "update ops.dead_letter set stored_at = now() - interval '31 days' where dead_letter_id = %s", (first,)
        )

    says = printed(environment, "expire", "--older-than-days", "30")
    opened = dead_letters(environment, "show", first, "--bytes")
    replay = printed(environment, "replay")

    assert says == "deleted the bytes of 1 dead letters set aside more than 30 days ago\n"
    assert "its bytes are deleted" in opened.stderr
    assert "replayed 1 dead letters: 1 accepted" in replay
    assert "1 could not be replayed: their bytes are deleted" in replay
    assert ledger(settings) == {"2026-10-05": (1, 0, 1, 0, 0)}
    assert faults(settings) == []
