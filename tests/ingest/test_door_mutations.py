"""Whatever is done to an event of any contract, the door lets it in or says why not; it never fails."""

import copy
import json
from datetime import UTC, datetime

import nacl.public
import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ingest.contract_documents import examples
from ingest.contracts import read_contracts
from ingest.events import Door, Event, Rejection, parse
from ingest.keys import Keys

CONTRACTS = read_contracts()
DOOR = Door(CONTRACTS, Keys(b"k" * 32, nacl.public.PrivateKey(b"p" * 32).public_key), trusts_received_time=True)
RECEIVED_AT = datetime(2026, 10, 5, 7, tzinfo=UTC)

EDGES = st.sampled_from(
    [
        "2026-02-30T09:00:00Z", "2026-10-12T23:59:60Z", "0000-00-00", "9999-12-31T23:59:59-14:00", "\x00", "\ud7ff",
        "A" * 5000, "1e999", "", -0.0, 2.0, 1e300, 2**63, -(2**63) - 1, [], {}, [[]], {"a": {"b": {}}}, None, True,
    ]
)  # fmt: skip
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
VALUES = EDGES | st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=5)


def judged(value: bytes):
    return parse(value, 0, 0, RECEIVED_AT, DOOR)


def paths(value, path=()):
    """The place of each value within *value*, its own first."""
    yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in pairs:
        yield from paths(inner, (*path, name))


@st.composite
def mutations(draw, valid):
    """The bytes of one of *valid* after one to three changes, sometimes cut or with a byte replaced."""
    event = copy.deepcopy(draw(st.sampled_from(valid)))
    for _ in range(draw(st.integers(1, 3))):
        *parents, name = draw(st.sampled_from([path for path in paths(event) if path]))
        holder = event
        for parent in parents:
            holder = holder[parent]
        change = draw(st.sampled_from(["replace", "remove", "add"]))
        if change == "add" and isinstance(holder, dict):
            holder[draw(st.text(max_size=20))] = copy.deepcopy(draw(VALUES))
        elif change == "remove" and len(event) > 1:
            del holder[name]
        else:
            holder[name] = copy.deepcopy(draw(VALUES))
    value = json.dumps(event, ensure_ascii=False).encode("utf-8", "surrogatepass")
    if draw(st.integers(0, 9)) == 0:
        place = draw(st.integers(0, len(value) - 1))
        value = value[:place] + draw(st.binary(max_size=3)) + value[place + draw(st.integers(0, 1)) :]
    return value


@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=lambda contract: contract.version)
def test_a_mutated_event_is_let_in_or_refused_with_a_reason(contract):
    @settings(max_examples=60, deadline=None, database=None)
    @given(mutations(examples(contract)))
    @example(b"")
    def holds(value):
        result = judged(value)
        if isinstance(result, Rejection):
            assert result.reason_code
            assert result.reason_text
        else:
            assert isinstance(result, Event)
            assert not any(isinstance(number, float) for number in numbers(orjson.loads(result.data)))

    holds()


@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=lambda contract: contract.version)
def test_every_valid_example_passes_the_whole_door(contract):
    for content in examples(contract):
        assert isinstance(judged(json.dumps(content).encode()), Event)


def test_a_whole_number_written_with_a_decimal_point_reaches_landing_without_it():
    (content, *_) = examples(CONTRACTS["fi.pulssi.feedback.given.v1"])
    content["data"]["answers"][0] |= {"question_version": 1.0, "raw_value": 4.0}

    accepted = judged(json.dumps(content).encode())

    assert b'"question_version":1,' in accepted.data
    assert b'"raw_value":4}' in accepted.data


def test_words_within_a_correction_are_scrubbed():
    (content, *_) = examples(CONTRACTS["fi.pulssi.correction.amended.v1"])

    accepted = judged(json.dumps(content).encode())

    assert orjson.loads(accepted.data)["replaced"]["text"] == "Hidas, soitin [phone]"


def numbers(value):
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [value] if isinstance(value, int | float) else [each for one in map(numbers, inner) for each in one]
