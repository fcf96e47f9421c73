"""What an SMS provider sends, through Kafka and the loader: counted, linked, and nobody's number in any table."""

import json
import subprocess
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from loading import load_all, register, rows

from ingest.adapters.adapter import NotTranslated, translate
from ingest.adapters.installations import read_installation
from ingest.produce import send

pytestmark = pytest.mark.services

HERE = Path(__file__).parent / "sms_provider"
INSTALLED = read_installation(HERE / "installation.yml", ZoneInfo("Europe/Helsinki"))


def translated(path):
    try:
        return translate(json.loads(path.read_text(encoding="utf-8"))["payload"], INSTALLED)
    except NotTranslated:
        return []


@pytest.fixture(scope="module")
def landed(make_deployment):
    """A deployment with the events of every recorded payload, sent twice as a provider that got no answer would."""
    settings, environment = make_deployment()
    register(settings, "mikkeli", "pietarsaari")
    events = [event for path in sorted(HERE.glob("*.json")) for event in translated(path)]
    records = [json.dumps(event).encode() for event in {event["id"]: event for event in events}.values()]
    send(settings, records * 2)
    outcome = load_all(settings)
    assert outcome == {"accepted": len(records), "duplicate": len(records), "rejected": 0, "held": 0}
    return settings, environment


def test_an_answer_is_linked_to_its_invitation_by_a_key_that_is_nobodys_reference(landed):
    settings, _ = landed

    linked = rows(
        settings,
        """
        select count(*) from landing.event as answer
        join landing.event as invitation on
            invitation.event_type = 'survey.invited'
            and answer.data ->> 'invitation_key' = invitation.data ->> 'invitation_key'
        where answer.event_type = 'feedback.given'
        """,
    )

    assert linked == [(1,)]
    # The withdrawal of an invitation has to name its event; nothing else does.
    assert rows(settings, "select count(*) from landing.event where data::text like '%9a4f7c10%'") == [(1,)]


def test_unclear_answers_and_wishes_for_no_more_are_counted_with_their_reasons(landed):
    _, environment = landed

    told = subprocess.run(
        [sys.executable, "-m", "infra", "sms-answers", "count"],
        env=environment, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip

    assert "unclear.two_answers" in told
    assert "unclear.wrong_question" in told
    assert "stop" in told
    assert told.splitlines()[-1].endswith("2 want no more messages")


def test_no_number_and_no_name_is_in_any_row(landed):
    settings, _ = landed

    texts = [text for (text,) in rows(settings, "select e::text from landing.event as e")]

    assert texts
    assert [text for text in texts for name in ("1234567", "Mallik", "Matti") if name in text] == []
