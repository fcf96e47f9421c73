"""The conformance kit: what it finds in recorded events, and when a family passes."""

import json
import time

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from recordings import CONTRACTS, NOW, QUEUE, beat, findings, good_queue, issued, judge, press, queue, visit

from infra.settings import ROOT
from ingest.conformance.cases import cases_of
from ingest.conformance.command import conform
from ingest.conformance.recording import received_at
from ingest.contract_documents import examples
from ingest.events import Refused, check


def without(items, *types):
    return [item for item in items if item["type"].split(".")[3] not in types]


def test_a_recording_that_shows_every_case_passes_in_every_family():
    report = judge(good_queue())

    assert [(group.finding.text, group.finding.fix) for group in report.groups] == []
    assert [(family.family, [case.code for case in family.missing]) for family in report.families] == [
        ("device", []),
        ("queue", []),
    ]
    assert report.passes


@pytest.mark.parametrize(
    ("left_out", "missing"),
    [
        (("recalled",), ["recall"]),
        (("no_show", "abandoned"), ["left"]),
        (("transferred",), ["transfer"]),
        (("service_started",), ["visit"]),
        (("heartbeat",), ["heartbeat"]),
    ],
)
def test_what_was_not_shown_is_asked_for_and_the_family_fails_without_it(left_out, missing):
    report = judge(without(good_queue(), *left_out))

    (family,) = [each for each in report.families if each.family == "queue"]
    assert ([case.code for case in family.missing], family.passes) == (missing, False)


def test_a_retry_a_late_event_and_both_autumn_hours_must_be_shown():
    once = list({item["id"]: item for item in good_queue() if "-10-25" not in item["time"]}.values())
    once.sort(key=lambda item: item["time"])

    (_, family) = judge(once).families

    assert [case.code for case in family.missing] == ["retry", "late", "autumn_hour"]


@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=lambda contract: contract.version)
def test_the_examples_of_every_contract_have_no_fault_but_their_ids(contract):
    items = [example | {"id": f"example-{number}"} for number, example in enumerate(examples(contract))]

    groups = judge(items).groups

    assert [group.finding.text for group in groups if group.finding.is_fault] == []


def spoilt(**changes):
    return [press(1, **changes)]


def text(**data):
    return {"mode": "web", "answers": []} | data


SPLIT_SECOND = "2026-10-05T09:15:07.31+03:00"
EARLY_END = queue("service_ended", 9, "2026-10-05T09:11:00+03:00", "tkt-00000001", end_state="left")
MINUTES = [press(number, time=f"2026-10-05T09:{number:02}:00+03:00") for number in range(20)]
HOURS = [press(number, time=f"2026-10-05T{number:02}:00:00+03:00") for number in range(10)]
SAME_TICKET = issued(9, "2026-10-05T10:00:11+03:00", "tkt-00000001")


@pytest.mark.parametrize(
    ("items", "code", "field"),
    [
        (spoilt(data={"mode": "devise", "answers": []}), "contract", "data.mode"),
        (spoilt(type="fi.pulssi.feedback.givn.v1"), "unknown_type", "type"),
        (spoilt(data=text(text="a\0b")), "unstorable_text", "data"),
        (spoilt(data=text(visit_key="v-12345678"), subject=None), "key_without_scope", "data.visit_key"),
        ([press(1), press(1, time="2026-10-05T09:16:00+03:00")], "id_reused", "id"),
        ([press(1, id="a-1", time=SPLIT_SECOND), press(1, id="a-2", time=SPLIT_SECOND)], "id_changed", "id"),
        ([issued(1, "2026-10-05T09:15:07+03:00"), issued(2, "2026-10-05T09:15:07+03:00")], "id_changed", "id"),
        (spoilt(time="2026-10-05T09:15:07"), "offset_missing", "time"),
        (spoilt(time="2026-10-05T09:15:07+02:00"), "offset_wrong", "time"),
        (spoilt(time="2026-12-05T09:15:07+03:00", receivedtime="2026-12-05T06:16:07Z"), "offset_wrong", "time"),
        (spoilt(time="2026-10-25T03:30:00+04:00"), "offset_wrong", "time"),
        (spoilt(time="2026-03-29T03:30:00+02:00"), "missing_hour", "time"),
        (spoilt(time="2026-10-05T09:15:07Z", receivedtime="2026-10-05T06:15:09Z"), "local_time_as_utc", "time"),
        (spoilt(time="2026-10-05T00:00:00Z", timeprecision="day"), "day_in_utc", "time"),
        (spoilt(time="2012-01-01T00:00:07+02:00"), "not_plausible", "time"),
        (spoilt(time="2026-11-22T09:15:07+02:00"), "time_in_future", "time"),
        (spoilt(time="2026-11-20T14:15:07+02:00"), "time_ahead", "time"),
        (MINUTES, "precision_minute", "timeprecision"),
        (HOURS, "precision_hour", "timeprecision"),
        ([*visit(1, 0, "tkt-00000001"), SAME_TICKET], "key_reused", "data.ticket_key"),
        ([*visit(1, 10, "tkt-00000001")[:3], EARLY_END], "order", "time"),
        ([beat(number, f"2026-10-05T{8 + 2 * number:02}:00:03+03:00") for number in range(6)], "too_rare", None),
        (spoilt(data=text(phoneNumber="x")), "forbidden_field", "data.phoneNumber"),
        (spoilt(data=text(visit_key="visit 131052-308T")), "code_identity_code", "data.visit_key"),
        (spoilt(id="a.b@example.org"), "code_email", "id"),
        (spoilt(data=text(topic="matti_virtanen")), "code_name", "data.topic"),
        (spoilt(data=text(topic="0401234567")), "code_phone", "data.topic"),
    ],
)
def test_a_fault_is_found_with_its_field_and_fails_the_family(items, code, field):
    report = judge(items)

    faults = [group.finding for group in report.groups if group.finding.is_fault]
    assert (code, field) in [(finding.code, finding.field) for finding in faults]
    assert all(finding.fix for finding in faults)
    assert not report.passes


@pytest.mark.parametrize(
    ("items", "code"),
    [
        ([press(1, id="a-1"), press(1, id="a-2")], "id_changed"),  # two customers in one second?
        (spoilt(id="4711"), "id_is_counter"),
        (spoilt(time="2026-10-05T06:15:07Z"), "utc"),
        ([queue("called", 1, "2026-10-05T09:15:07+03:00")], "no_beginning"),
        ([issued(1, "2026-10-05T09:15:07+03:00")], "no_end"),
        (spoilt(data=text(text="soita 040 1234567")), "text_phone"),
        ([beat(1, "2026-10-05T09:15:07+03:00", clock_offset_ms=90_000)], "clock_off"),
        ([beat(number, f"2026-10-05T09:15:{number:02}+03:00") for number in range(6)], "too_often"),
    ],
)
def test_what_may_be_meant_is_advice_and_fails_nothing(items, code):
    (family, *_) = judge(items).families

    assert code in [group.finding.code for group in judge(items).groups if not group.finding.is_fault]
    assert family.fault_count == 0


@pytest.mark.parametrize(
    "time",
    [
        "2026-10-25T03:30:00+03:00",
        "2026-10-25T03:30:00+02:00",
        "2026-03-29T04:00:00+03:00",
        "2026-03-29T02:59:59+02:00",
        "2026-07-01T12:00:00+03:00",
    ],
)
def test_a_time_as_clocks_in_finland_show_it_is_right_around_the_changes_too(time):
    assert [finding for finding in findings(spoilt(time=time)) if finding[1] == "time"] == []


def test_the_same_fault_in_many_events_is_told_once_with_where():
    bad = [press(number, time=f"2026-10-05T09:15:{number:02}") for number in range(1, 9)]

    (group,) = [group for group in judge(bad).groups if group.finding.code == "offset_missing"]

    assert (group.count, group.numbers) == (8, [1, 2, 3, 4, 5])


def test_without_an_offset_both_that_the_double_hour_may_have_are_told():
    told = {
        day: next(group.finding.fix for group in judge(spoilt(time=f"{day}T03:31:00")).groups if group.finding.is_fault)
        for day in ("2026-10-25", "2026-10-26", "2026-03-29")
    }

    assert "03:31:00+03:00 if" in told["2026-10-25"]
    assert "03:31:00+02:00 in the second" in told["2026-10-25"]
    assert not any("the second" in told[day] for day in ("2026-10-26", "2026-03-29"))


def test_no_report_holds_the_personal_data_that_it_found():
    items = spoilt(id="matti@example.org", data=text(text="131052-308T", first_name="Toivo"))
    told = json.dumps(judge(items).as_dict())

    assert "Toivo" not in told
    assert "matti@" not in told
    assert "131052-308T" not in told


def test_a_text_is_a_text_in_an_event_with_another_fault_too():
    found = findings(spoilt(data=text(text="soita 040 1234567", nimi="x")))

    assert ("text_phone", "data.text") in [finding[:2] for finding in found]
    assert ("code_phone", "data.text") not in [finding[:2] for finding in found]


def test_a_family_without_a_valid_event_has_shown_nothing():
    (family,) = judge([issued(1, "2026-10-05T09:15:07+03:00") | {"type": "fi.pulssi.queue.isued.v1"}]).families

    assert family.shown == []
    assert "visit" in [case.code for case in family.missing]


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
edges = st.sampled_from(
    [
        "2026-10-05T09:15:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:60-12:00",
        "2026-10-05T09:15:00+03:00",
        QUEUE,
    ]
)
numbers = st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    st.none() | st.booleans() | numbers | words | edges,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=10,
)
whole = [example for contract in CONTRACTS.values() for example in examples(contract)]
changed = st.builds(
    lambda one, name, value, inside: one | {"data": one["data"] | {name: value}} if inside else one | {name: value},
    st.sampled_from(whole),
    st.sampled_from(sorted({name for one in whole for name in [*one, *one["data"]]})),
    values,
    st.booleans(),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(changed | values, max_size=6))
def test_whatever_is_recorded_there_is_a_report(items):
    report = judge(items)

    assert report.event_count == len(items) == sum(family.event_count for family in report.families)
    assert not report.passes


@pytest.mark.parametrize("moment", ["2026-10-05T09:15:00", "2026-12-31T23:59:60Z", "0000-01-01T00:00:00Z"])
def test_an_event_at_no_moment_is_told_and_stops_no_other_check(moment):
    called = queue("called", 2, moment) | {"id": "matti@example.org"}

    report = judge([issued(1, "2026-10-05T09:15:07+03:00"), called])

    (fault,) = [group.finding for group in report.groups if group.finding.is_fault and group.finding.field == "time"]
    assert fault.code in ("offset_missing", "time_invalid")


def test_a_text_of_any_length_holds_nobody_up():
    started = time.monotonic()

    judge(
        [press(1, id="a" * 70_000, data=text(text="a" * 70_000, agency="b" * 70_000, **{"c" * 70_000: "d" * 70_000}))]
    )

    assert time.monotonic() - started < 5


@settings(max_examples=300, deadline=None)
@given(changed)
def test_what_the_door_refuses_has_a_fault(item):
    report = judge([item])

    try:
        check(item, received_at(item, NOW), CONTRACTS)
    except Refused:
        assert [group for group in report.groups if group.finding.is_fault]
    except ValueError:  # nested too deep for it, which the gateway asks before
        assert "too_deep" in [group.finding.code for group in report.groups]


def test_by_command_a_vendors_own_payloads_are_judged_as_the_events_of_its_adapter(tmp_path):
    folder = ROOT / "tests" / "ingest" / "adapters" / "smiley_device"
    payloads = [json.loads(path.read_bytes())["payload"] for path in sorted(folder.glob("*.json"))]
    file = tmp_path / "recorded.json"
    file.write_text(json.dumps([*payloads, {"smileyId": "of nobody"}]))

    result = CliRunner().invoke(conform, [str(file), "--installation", "smiley_vendor", "--format", "json"])

    report = json.loads(result.output)
    assert result.exit_code == 1
    assert {family["family"] for family in report["families"]} >= {"feedback"}
    assert "not_translated" in {finding["code"] for finding in report["findings"]}
    assert "unknown_type" not in {finding["code"] for finding in report["findings"]}


def test_every_case_is_in_the_documentation():
    text = (ROOT / "docs" / "conformance.md").read_text(encoding="utf-8")

    cases = {case.text for contract in CONTRACTS.values() for case in cases_of(contract.family)}
    assert {case for case in cases if case not in text} == set()
