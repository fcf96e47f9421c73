"""Which events of a request go on to Kafka, and what the sender is told."""

import contextlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import nacl.public
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_events import event

from infra.settings import read_settings
from ingest.contracts import read_contracts
from ingest.events import Door, Event, parse
from ingest.gateway.judging import Judge
from ingest.gateway.limits import Bucket
from ingest.gateway.tokens import Token
from ingest.keys import Keys

NOW = datetime(2026, 10, 5, 6, 15, 3, tzinfo=UTC)
SETTINGS = read_settings({})
CONTRACTS = read_contracts()
TOKEN = Token(1, "d1", "/points/mikkeli", None, NOW + timedelta(days=1))
DOOR = Door(CONTRACTS, Keys(b"k" * 32, nacl.public.PrivateKey(b"p" * 32).public_key), trusts_received_time=False)


def judged(*items, trusts_received_time=False):
    deployment = replace(SETTINGS.deployment, trusts_received_time=trusts_received_time)
    return Judge(replace(SETTINGS, deployment=deployment), CONTRACTS, 32).judge(items, TOKEN, NOW)


@pytest.mark.parametrize(
    ("trusts_received_time", "kept"), [(False, "2026-10-05T06:15:03+00:00"), (True, "2026-01-01T00:00:00Z")]
)
def test_the_gateway_sets_the_time_of_receipt_except_where_events_are_simulated(trusts_received_time, kept):
    judgement = judged(
        event(1, time="2025-12-31T00:00:00Z", receivedtime="2026-01-01T00:00:00Z"),
        trusts_received_time=trusts_received_time,
    )

    assert orjson.loads(judgement.messages[0].value)["receivedtime"] == kept


@pytest.mark.parametrize(
    ("changes", "code", "field", "value"),
    [
        ({"id": 5}, "contract", "id", 5),
        ({"time": None}, "contract", "time", None),
        ({"type": "fi.pulssi.feedback.given.v9"}, "unknown_type", "type", "fi.pulssi.feedback.given.v9"),
        ({"time": "2026-10-07T09:15:00+03:00"}, "time_in_future", "time", "2026-10-07T09:15:00+03:00"),
        ({"time": "2026-02-30T09:15:00+03:00"}, "contract", "time", "2026-02-30T09:15:00+03:00"),
        ({"data": {"mode": "web", "answers": "x" * 500}}, "contract", "data.answers", "x" * 200),
        ({"data": {"mode": "web", "answers": [], "text": "a\0b"}}, "unstorable_text", "data", "(an object of 3)"),
        (
            {"subject": None, "data": {"mode": "web", "answers": [], "visit_key": "v-12345678"}},
            "key_without_scope",
            "data.visit_key",
            "v-12345678",
        ),
    ],
)
def test_a_rejected_event_is_told_field_value_and_fix(changes, code, field, value):
    (answer,) = judged(event(1, **changes)).answers

    assert (answer["outcome"], answer["code"], answer["field"], answer.get("value")) == ("rejected", code, field, value)
    assert answer["fix"].startswith(field)


@pytest.mark.parametrize("depth", [33, 300, 900])
def test_an_event_nested_too_deep_is_rejected(depth):
    nested = orjson.loads(b'{"source":"/points/mikkeli","data":' + b"[" * depth + b"]" * depth + b"}")

    (answer,) = judged(nested).answers

    assert answer["code"] == "too_deep"


def test_what_the_gateway_accepts_the_loader_accepts():
    items = [event(number, receivedtime=None) for number in range(5)]

    messages = judged(*items).messages

    assert len(messages) == 5
    assert all(isinstance(parse(message.value, 0, 0, NOW, DOOR), Event) for message in messages)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)


@given(st.sampled_from([name for name in event(1) if name not in ("source", "receivedtime")]), values)
def test_gateway_and_loader_agree_about_every_event(name, value):
    with contextlib.suppress(orjson.JSONEncodeError):  # no JSON: integers beyond 64 bits, lone surrogates
        sent = orjson.dumps(event(1, receivedtime=None) | {name: value})

        assert bool(judged(orjson.loads(sent)).messages) == isinstance(parse(sent, 0, 0, NOW, DOOR), Event)


@given(st.lists(st.tuples(st.integers(1, 50), st.floats(0, 3)), max_size=30))
def test_a_token_gets_no_more_than_its_rate_and_the_wait_it_is_told_is_enough(demands):
    bucket = Bucket(events_per_second=10, burst_events=40)
    waited = granted = 0.0

    for count, pause in demands:
        bucket.filled_at -= pause  # as if that much time had gone by
        seconds = bucket.take(count)
        bucket.filled_at -= seconds
        assert seconds == 0 or bucket.take(count) == 0
        waited += pause + seconds
        granted += min(count, 40)

    assert granted <= 40 + (waited + 1) * 10
