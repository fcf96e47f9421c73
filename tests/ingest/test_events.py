"""What the door does with the bytes of one record."""

import json
from datetime import UTC, datetime

import nacl.public
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_events import event, line

from ingest.contracts import FOLDER, read_contracts
from ingest.events import Door, Event, Rejection, attribution, key_of, parse
from ingest.keys import Keys

KAFKA_TIME = datetime(2026, 10, 5, 6, 15, 3, tzinfo=UTC)
KEYS = Keys(b"k" * 32, nacl.public.PrivateKey(b"p" * 32).public_key)
DOOR = Door(read_contracts(), KEYS, trusts_received_time=True)
VALID = [
    example for path in sorted(FOLDER.glob("*/*.examples.json")) for example in json.loads(path.read_bytes())["valid"]
]


def judged(value: bytes, door: Door = DOOR) -> Event | Rejection:
    return parse(value, 0, 7, KAFKA_TIME, door)


@pytest.mark.parametrize(
    ("value", "code", "names"),
    [
        (b"\xff\xfe", "not_json", "not JSON"),
        (b'{"id": "1"', "not_json", "not JSON"),
        (b"[1]", "not_an_object", "not an object"),
        (line(type="fi.pulssi.feedback.given.v9"), "unknown_type", "type"),
        (
            line(subject=None, type="fi.pulssi.queue.abandoned.v1", data={"ticket_key": "t-12345678"}),
            "contract",
            "subject",
        ),
        (line(time="2026-10-05T09:15:00"), "contract", "time"),
        (line(time="2026-10-07T09:15:00+03:00"), "time_in_future", "more than 24 hours"),
        (line(time="2024-10-04T09:15:00+03:00"), "time_too_old", "more than two years"),
        (line(data={"mode": "web", "answers": [], "text": "a\0b"}), "unstorable_text", "U+0000"),
        (
            line(subject=None, data={"mode": "web", "answers": [], "visit_key": "v-12345678"}),
            "key_without_scope",
            "subject",
        ),
        (line(x=1)[:-1] + b', "deep": ' + b"[" * 900 + b"]" * 900 + b"}", "contract", "nested deeper"),
        (line(source="/points/131052-308T"), "personal_data", "source"),
        (line(id="matti.meikalainen@example.fi"), "personal_data", "id"),
        (line(subject="131052-308t"), "personal_data", "subject"),
        (line(data={"mode": "web", "answers": [], "topic": "131052-308t"}), "personal_data", "data.topic"),
    ],
)
def test_a_bad_record_is_refused_with_a_reason_that_names_what_to_mend(value, code, names):
    refused = judged(value)

    assert isinstance(refused, Rejection)
    assert refused.reason_code == code
    assert names in refused.reason_text


def test_a_reason_never_repeats_the_value_it_is_about():
    refused = judged(line(subject="131052-308T", data={"mode": "Matti Meikäläinen", "answers": [], "040 1234567": "x"}))
    named = judged(line(data={"mode": "web", "answers": [], "0401234567": "x", **{f"a{n}": n for n in range(999)}}))

    assert "1234567" not in str(named)
    assert len(named.reason_text) < 500
    assert "Meikäläinen" not in str(refused)
    assert "1234567" not in str(refused)
    assert "131052-308T" not in str(refused)


@given(
    st.one_of(
        st.binary(),
        st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists).map(
            lambda value: json.dumps(value).encode()
        ),
    )
)
def test_any_bytes_become_an_event_or_a_rejection(value):
    assert isinstance(judged(value), Event | Rejection)


@given(st.sampled_from(VALID), st.data())
def test_whatever_is_put_into_a_field_of_an_event_nothing_breaks(example, data):
    changed = json.loads(json.dumps(example))
    holder = data.draw(st.sampled_from([changed, changed["data"]]))
    name = data.draw(st.sampled_from(sorted(holder)))
    holder[name] = data.draw(
        st.one_of(
            st.none(),
            st.integers(),
            st.floats(allow_nan=False),
            st.text(),
            st.lists(st.text()),
            st.datetimes().map(str),
        )
    )

    result = judged(json.dumps(changed).encode("utf-8", "surrogatepass"))

    assert isinstance(result, Event | Rejection)
    assert not isinstance(result, Event) or orjson.loads(result.data) is not None


def test_a_whole_number_is_the_same_number_with_or_without_a_point():
    answer = {"question_code": "overall", "question_version": 1.0, "scale_code": "faces_5", "raw_value": 4.0}

    accepted = judged(line(data={"mode": "device", "answers": [answer]}))

    assert orjson.loads(accepted.data)["answers"] == [{**answer, "question_version": 1, "raw_value": 4}]
    assert b"4.0" not in accepted.data


def test_the_ledger_dates_a_refused_event_as_its_producer_did():
    late = line(data={"mode": "web", "answers": [], "text": "a\0b"}, receivedtime="2026-10-09T00:00:00Z")

    counted = attribution(json.loads(late), KAFKA_TIME, trusts_received_time=True)

    assert (judged(late).source, judged(late).received_at) == counted


@pytest.mark.parametrize("event_id", ["04012345-6789-7000-8000-040123456789", "a1"])
def test_the_id_of_a_refused_event_is_kept_though_its_digits_look_like_a_phone_number(event_id):
    assert judged(line(id=event_id, data={})).event_id == event_id


def test_texts_are_scrubbed_and_references_hashed_before_landing():
    data = {
        "mode": "sms",
        "answers": [],
        "text": "Soittakaa 040 123 4567, hetu 131052-308T",
        "visit_key": "visit-12345",
    }

    accepted = judged(line(data=data))

    payload = orjson.loads(accepted.data)
    assert payload["text"] == "Soittakaa [phone], hetu [identity_code]"
    assert "visit-12345" not in accepted.data.decode()
    assert len(payload["visit_key"]) == 32


def test_a_reference_is_the_same_within_its_scope_and_another_outside_it():
    data = {"mode": "sms", "answers": [], "visit_key": "visit-12345"}

    hashes = [orjson.loads(judged(line(subject=point, data=data)).data)["visit_key"] for point in ("a", "a", "b")]

    assert hashes[0] == hashes[1] != hashes[2]


def test_the_fingerprint_is_of_the_event_as_sent_without_what_receiving_added():
    first = judged(line(1))

    assert judged(line(1, receivedtime="2026-10-09T00:00:00Z")).fingerprint == first.fingerprint
    assert judged(orjson.dumps(dict(reversed(event(1).items())))).fingerprint == first.fingerprint
    assert judged(line(1, time="2026-10-05T09:15:01+03:00")).fingerprint != first.fingerprint


def test_an_event_brings_its_own_time_of_receipt_only_where_the_deployment_trusts_it():
    trusted = judged(line(1))
    untrusted = judged(line(1), DOOR._replace(trusts_received_time=False))

    assert trusted.received_at == datetime(2026, 10, 5, 6, 15, 2, tzinfo=UTC)
    assert untrusted.received_at == KAFKA_TIME


@pytest.mark.parametrize("told", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "yesterday", "2026-10-05"])
def test_a_time_of_receipt_that_cannot_be_is_replaced_by_the_brokers(told):
    assert judged(line(1, receivedtime=told)).received_at == KAFKA_TIME


def test_the_offset_of_the_device_is_kept_in_both_hours_of_the_autumn_change():
    summer, winter = (
        judged(line(1, time=f"2026-10-25T03:30:00{offset}", receivedtime="2026-10-25T03:00:00Z"))
        for offset in ("+03:00", "+02:00")
    )

    assert (winter.occurred_at - summer.occurred_at).total_seconds() == 3600
    assert (summer.utc_offset_minutes, winter.utc_offset_minutes) == (180, 120)


def test_an_event_a_little_ahead_is_let_in_and_flagged():
    ahead = [judged(line(1, time=f"2026-10-05T09:{minute}:02+03:00")).is_future for minute in ("25", "26")]

    assert ahead == [False, True]


@given(st.text(max_size=40), st.text(max_size=40))
def test_every_source_and_id_has_a_key_of_its_own(source, event_id):
    key = key_of(source, event_id)

    assert len(key) == 16
    assert key != key_of(source + "x", event_id)
    assert key != key_of(source, event_id + "x")


def test_keys_of_time_ordered_ids_grow():
    keys = [key_of("/a", event(number)["id"]) for number in range(100)]

    assert keys == sorted(keys)
