"""Vendors' payloads as they were recorded, and what they must become; a file each, found by looking."""

import contextlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.adapters.adapter import NotTranslated, adapters, translate
from ingest.adapters.installations import read_installation
from ingest.adapters.queue_system import OUTCOMES
from ingest.contracts import explain, read_contracts
from ingest.dead_letters.untranslated import reason_of, record_of

HERE = Path(__file__).parent
CONTRACTS = read_contracts()
RECORDED = sorted(HERE.glob("*/*.json"))
INSTALLED = {
    path.parent.name: read_installation(path, ZoneInfo("Europe/Helsinki")) for path in HERE.glob("*/installation.yml")
}
NOBODY = ("Virtanen", "vmatti", "Mallikas", "401234567", "A017", "avioero", "female", "example.org")

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def installed(path):
    return INSTALLED[path.parent.name]


def broken_contracts(events):
    return [
        explain(CONTRACTS[event["type"]], event)
        for event in events
        if not CONTRACTS[event["type"]].validator.is_valid(event)
    ]


def test_every_adapter_here_has_recordings_of_each_way_to_go_wrong():
    for name in INSTALLED:
        recorded = [read(path) for path in RECORDED if path.parent.name == name]
        assert sum("not_translated" in one for one in recorded) >= 2
        assert sum("events" in one for one in recorded) >= 5
    assert INSTALLED.keys() <= adapters().keys()


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_recorded_payload_becomes_what_is_written_beside_it(path):
    recorded = read(path)

    if "not_translated" in recorded:
        with pytest.raises(NotTranslated) as problem:
            translate(recorded["payload"], installed(path))
        assert str(problem.value) == recorded["not_translated"]
        assert problem.value.source == recorded["source"]
    else:
        events = translate(recorded["payload"], installed(path))
        assert events == recorded["events"]
        assert broken_contracts(events) == []
        assert [name for name in NOBODY if name in json.dumps(events)] == []


def test_why_a_payload_is_set_aside_stays_readable_when_it_is_shown_and_names_nobody():
    texts = [read(path)["not_translated"] for path in RECORDED if "not_translated" in read(path)]
    received_at = datetime(2026, 10, 5, tzinfo=UTC)

    for text in texts:
        record = record_of("smiley", "feedback", "/points", None, {"name": "Matti Virtanen"}, text, received_at)
        assert reason_of(record) == text
    assert "1234567" not in reason_of(record | {"data": {"reason": "call 040 1234567"}})
    assert reason_of(record | {"type": "fi.pulssi.feedback.given.v1"}) is None


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_vendors_retry_is_the_same_event(path):
    recorded = read(path)
    if "events" not in recorded:
        return

    again = translate(dict(reversed(recorded["payload"].items())), installed(path))

    assert again == recorded["events"]


@pytest.mark.parametrize("outcome", sorted(OUTCOMES))
@pytest.mark.parametrize("state", ["WAITING", "CALLED", "SERVING"])
def test_every_outcome_of_every_state_ends_in_an_event_of_ours(outcome, state):
    payload = read(HERE / "queue_system" / "ended_left.json")["payload"]
    payload |= {"outcome": outcome, "state": state, "toQueueId": "vero"}

    (event,) = translate(payload, INSTALLED["queue_system"])

    assert broken_contracts([event]) == []
    assert "unmapped_outcome" not in event["data"]
    expected = OUTCOMES[outcome][state.lower()]
    told = event["data"].get("end_state") or event["type"].split(".")[3]
    assert told in {expected, "abandoned" if expected == "left" else expected}


def test_there_are_at_least_thirteen_outcomes_and_each_says_what_it_means_in_every_state():
    assert len(OUTCOMES) >= 13
    assert [name for name, rule in OUTCOMES.items() if not {"waiting", "called", "serving"} <= rule.keys()] == []


@settings(max_examples=600, deadline=1000)
@given(path=st.sampled_from(RECORDED), data=st.data())
def test_whatever_comes_becomes_events_or_a_reason_and_no_other_exception(path, data):
    payload = read(path)["payload"]
    for name in data.draw(st.lists(st.sampled_from(sorted(payload)), min_size=1, max_size=3)):
        payload[name] = data.draw(JSON | st.sampled_from(list(payload.values())))
    adapter = adapters()[path.parent.name]

    events = []
    with contextlib.suppress(NotTranslated):
        events = adapter.translate(orjson.loads(orjson.dumps(payload)), installed(path))

    assert [event for event in events if event["type"] not in CONTRACTS or not event["id"]] == []
    assert orjson.loads(orjson.dumps(events)) == events


@settings(max_examples=200, deadline=1000)
@given(payload=st.dictionaries(st.text(max_size=12), JSON, max_size=5) | JSON, name=st.sampled_from(sorted(INSTALLED)))
def test_a_payload_of_another_world_is_a_reason(payload, name):
    with pytest.raises(NotTranslated) as problem:
        translate(payload, INSTALLED[name])

    assert "adapter failed" not in str(problem.value)


def test_a_fault_of_an_adapter_sets_the_payload_aside_and_tells_the_log_where_but_not_what(caplog):
    payload = read(HERE / "smiley_device" / "press.json")["payload"]
    unchecked = replace(INSTALLED["smiley_device"], settings={"devices": {"41001": "Matti Virtanen"}})

    with pytest.raises(NotTranslated, match=r"the adapter failed \(TypeError\)"):
        translate(payload, unchecked)

    assert "smiley_device.py, line" in caplog.text
    assert "Virtanen" not in caplog.text
