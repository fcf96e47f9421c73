"""Nothing of an SMS provider's payload that tells of a person passes the adapter, whatever becomes of the payload."""

import json
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.adapters.adapter import NotTranslated, adapters, translate
from ingest.adapters.installations import read_installation
from ingest.contracts import read_contracts

HERE = Path(__file__).parent / "sms_provider"
INSTALLED = read_installation(HERE / "installation.yml", ZoneInfo("Europe/Helsinki"))
CONTRACTS = read_contracts()
RECORDED = [json.loads(path.read_text(encoding="utf-8"))["payload"] for path in sorted(HERE.glob("*.json"))]
WITHOUT_PERSON = adapters()["sms_provider"].without_person

SUBSCRIBER = st.text("0123456789", min_size=7, max_size=7).filter(lambda digits: len(set(digits)) > 2)
GAPS = st.lists(st.sampled_from(["", "", " ", "-", " - ", ".", "/", ") ", "\u00a0"]), min_size=6, max_size=6)
FORMS = st.sampled_from(["0123456789", "０１２３４５６７８９", "٠١٢٣٤٥٦٧٨٩", "⁰¹²³⁴⁵⁶⁷⁸⁹"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def received(**changes):
    payload = {
        "event": "message.received",
        "messageId": "0f9c2b6e-5d3a-4c1e-9b7a-2e8d4c6f1a01",
        "from": "+358401234567",
        "receivedAt": "2026-10-06T10:42:07+03:00",
        "text": "5",
        "callback": {"survey": "vero_rating", "point": "MLI", "visitedOn": "2026-10-05", "language": "fi"},
    }
    return payload | changes


def output(payload):
    """What goes on: the events, or the reason and what is set aside."""
    try:
        return translate(payload, INSTALLED)
    except NotTranslated as problem:
        return [str(problem), problem.source, problem.subject, WITHOUT_PERSON(payload)]


def written(number, gaps, form):
    grouped = "".join(digit + gap for digit, gap in zip(number, [*gaps, ""], strict=True))
    return grouped.translate(str.maketrans("0123456789", form))


@settings(max_examples=400, deadline=1000)
@given(
    subscriber=SUBSCRIBER, prefix=st.sampled_from(["+35840", "040", "0035840"]), gaps=GAPS, form=FORMS, data=st.data()
)
def test_the_senders_number_passes_in_no_field_in_no_spelling(subscriber, prefix, gaps, form, data):
    number = prefix + subscriber
    spelled = written(subscriber, gaps, form)
    payload = {**data.draw(st.sampled_from(RECORDED)), "from": number, "to": number, "contactPhone": number}
    places = ["text", "messageId", "pairedMessageId", "receivedAt", "sentAt", "event", "status", "operator", "callback"]
    for place in data.draw(st.lists(st.sampled_from(places), max_size=4, unique=True)):
        value = data.draw(st.sampled_from([number, subscriber, f"5 {spelled} hyvä", f"id-{number}-17", f"x{spelled}"]))
        payload[place] = {"point": value, "survey": value, number: value} if place == "callback" else value

    told = orjson.dumps([output(payload), WITHOUT_PERSON(payload)]).decode()

    assert subscriber not in told
    assert spelled not in told


@settings(max_examples=400, deadline=1000)
@given(payload=JSON, names=st.lists(st.sampled_from(sorted({name for one in RECORDED for name in one})), max_size=4))
def test_any_json_becomes_events_or_a_reason_and_what_is_set_aside_is_translated_alike(payload, names):
    payload = received(**dict.fromkeys(names, payload)) if names else payload
    kept = WITHOUT_PERSON(payload)

    assert WITHOUT_PERSON(kept) == kept
    orjson.dumps(output(payload))
    if isinstance(payload, dict):
        assert events_of(kept) == events_of(payload)


@pytest.mark.parametrize("payload", RECORDED, ids=lambda payload: str(payload.get("text", payload["event"]))[:20])
def test_what_is_set_aside_becomes_the_same_events_when_it_is_translated_later(payload):
    assert events_of(WITHOUT_PERSON(payload)) == events_of(payload)


def events_of(payload):
    return [one for one in output(payload) if isinstance(one, dict) and "specversion" in one]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("4 Terveisin Matti Mallikas", "Matti Mallikas"),
        ("4 t. virtanen", "Maija Virtanen"),
        ("4, se Virtaselle kuuluva asia hoitui", "Virtanen"),
        ("4 hälsningar Åsa", "Åsa Öhman"),
    ],
)
def test_the_senders_name_is_taken_out_of_the_text_too(text, name):
    (event,) = translate(received(text=text, contactName=name), INSTALLED)

    assert event["data"]["answers"][0]["raw_value"] == 4
    assert [word for word in ("Matti", "Mallikas", "irta", "Åsa") if word in event["data"]["text"]] == []


def test_no_unlisted_field_is_kept_of_a_payload_that_is_set_aside():
    payload = received(event="contact.updated", contact={"name": "Matti Mallikas"}, firstName="Matti", extra=["x"])

    assert WITHOUT_PERSON(payload).keys() == {"event", "messageId", "receivedAt", "text", "callback"}
    assert WITHOUT_PERSON([payload, "Matti"]) == {"unreadable": "list"}
    assert WITHOUT_PERSON(b'{"text": "Matti') == {"unreadable": "bytes"}


def test_an_id_made_of_the_number_differs_between_messages_and_not_between_retries():
    by_sender = received(messageId="358401234567")
    (first,), (retried,) = translate(by_sender, INSTALLED), translate(dict(by_sender), INSTALLED)
    (other,) = translate(by_sender | {"receivedAt": "2026-10-07T09:00:00+03:00"}, INSTALLED)

    assert first["id"] == retried["id"] != other["id"]
    assert sum(character.isdigit() for character in first["id"]) == 0


def test_an_answer_a_report_and_an_invitation_name_each_other_whatever_the_number_in_the_reference():
    reference = "358401234567-1759736527-001"
    sent = received(event="message.sent", sentAt="2026-10-06T10:00:00Z", messageId=reference)
    (invited,) = translate(sent | {"from": "16400", "to": "0401234567"}, INSTALLED)
    (withdrawn,) = translate({**sent, "event": "message.status", "status": "FAILED", "from": None}, INSTALLED)
    (given_,) = translate(received(pairedMessageId=reference), INSTALLED)

    assert withdrawn["data"]["ref_id"] == invited["id"]
    assert withdrawn["data"]["ref_source"] == invited["source"]
    assert given_["data"]["invitation_key"] == invited["data"]["invitation_key"]


@pytest.mark.parametrize("text", ["STOP", "5 hyvä palvelu, mutta lopettakaa nämä viestit", "Sluta!", "stop texting me"])
def test_who_wants_no_more_messages_gives_no_feedback(text):
    (event,) = translate(received(text=text), INSTALLED)

    assert event["type"] == "fi.pulssi.survey.stopped.v1"
    assert "text" not in event["data"]
    assert CONTRACTS[event["type"]].validator.is_valid(event)


def test_every_reason_for_unclear_fits_the_contract_of_a_raw_value():
    for text in ("4 tai 5", "kyllä", "4,5", "melkein 5", "5 surkea", "klo 15", "2 lappua puuttui", "5?", ""):
        (event,) = translate(received(text=text), INSTALLED)
        assert event["data"]["answers"][0]["raw_value"].startswith("unclear.")
        assert CONTRACTS[event["type"]].validator.is_valid(event)
