"""The events of the families beside queues and ratings, against the truth that stands beside them."""

from collections import Counter, defaultdict

import pytest
from simulated_files import at, is_within, table

from infra.settings import read_deployment
from ingest.contracts import read_contracts
from ingest.reference.files import read_reference

CODE_LISTS = {
    ("advice.logged", "reason_code"): "visit_reason",
    ("advice.logged", "matter_code"): "matter",
    ("advice.logged", "channel"): "advice_channel",
    ("advice.logged", "level"): "advice_level",
    ("advice.logged", "duration_band"): "duration_band",
    ("advice.logged", "referral_target"): "referral_target",
    ("incident.reported", "incident_type"): "incident_type",
    ("incident.reported", "severity"): "incident_severity",
    ("incident.reported", "location_area"): "location_area",
    ("incident.reported", "reporter"): "incident_reporter",
    ("complaint.counted", "overseer"): "overseer",
    ("observation.raised", "topic"): "observation_topic",
    ("observation.raised", "level"): "observation_level",
    ("session.fault", "fault_code"): "fault_code",
    ("session.started", "kind"): "session_kind",
    ("queue.transferred", "reason"): "transfer_reason",
    ("queue.service_started", "service_mode"): "service_mode",
    ("queue.service_ended", "end_state"): "end_state",
    ("queue.ticket_issued", "access"): "access",
    ("queue.ticket_issued", "purpose"): "purpose",
    ("queue.ticket_issued", "language"): "language",
    ("booking.created", "made_by"): "made_by",
    ("feedback.given", "mode"): "collection_mode",
    ("feedback.given", "polarity"): "polarity",
    ("feedback.given", "polarity_basis"): "polarity_basis",
    ("feedback.given", "service_kind"): "service_kind",
    ("correction.withdrawn", "reason"): "correction_reason",
    ("correction.withdrawn", "who_role"): "correction_role",
    ("device.heartbeat", "device_kind"): "device_kind",
}


@pytest.fixture(scope="module")
def once(events, faults):
    """Each readable event once, by its type without version; a broken vendor's left out."""
    contracts = read_contracts()
    broken = faults["broken_vendor"]
    kept = {(event["source"], event["id"]): event for event in reversed(events) if event["type"] in contracts}
    found = defaultdict(list)
    for event in kept.values():
        if not any(is_within(event, row) for row in broken):
            found[event["type"].removeprefix("fi.pulssi.").rsplit(".", 1)[0]].append(event)
    return found


@pytest.fixture(scope="module")
def reference():
    folder = read_deployment("demo").folder
    return read_reference([folder, folder / "registered_later"])


def test_sessions_and_help_times_are_those_of_the_truth(once, folder):
    truth = table(folder, "sessions")
    started = {event["data"]["session_key"]: at(event["time"]) for event in once["session.started"]}
    asked = {event["data"]["session_key"]: at(event["time"]) for event in once["session.help_requested"]}
    ended = [(at(event["time"]) - started[event["data"]["session_key"]]).seconds for event in once["session.ended"]]
    helped = [(at(e["time"]) - asked[e["data"]["session_key"]]).seconds for e in once["session.help_arrived"]]

    assert len(ended) == len(started) == total(truth, "session_count") > 5000
    assert sum(ended) / 60 == pytest.approx(sum(float(row["minutes"]) for row in truth), abs=3)
    assert (len(asked), len(helped)) == (total(truth, "help_requested_count"), total(truth, "help_arrived_count"))
    assert sum(helped) == total(truth, "help_seconds")
    assert len(helped) < len(asked)


def test_logged_contacts_incidents_and_invitations_are_those_of_the_truth(once, folder):
    contacts, incidents = table(folder, "contacts"), table(folder, "incidents")
    reported = once["incident.reported"]
    named = {event["data"].get("linked_incident_key", event["data"]["incident_key"]) for event in reported}
    sms = [event for event in once["feedback.given"] if event["data"]["mode"] == "sms"]
    invited = sum(event["data"]["count"] for event in once["survey.invited"])

    assert len(once["advice.logged"]) == total(contacts, "logged_count") < total(contacts, "contact_count")
    assert named == {row["incident_key"] for row in incidents}
    assert len(reported) == sum((row["by_guards"] == "True") + (row["by_staff"] == "True") for row in incidents)
    assert len(once["incident.resolved"]) == sum(row["resolved_at"] != "" for row in incidents) < len(incidents)
    assert [invited, len(sms)] == [
        total(table(folder, "invitations"), f"{what}_count") for what in ("invited", "answered")
    ]


def test_a_nil_report_is_an_event_and_a_missing_report_is_none(once, folder):
    truth = table(folder, "complaints")
    sent = {
        (event["data"]["agency"], event["data"]["overseer"], event["data"]["period"] + "-01")
        for event in once["complaint.counted"]
    }
    nil = [event for event in once["complaint.counted"] if event["data"]["lodged_count"] == 0]

    assert sent == {(row["agency"], row["overseer"], row["period"]) for row in truth if row["is_reported"] == "True"}
    assert {row["agency"] for row in truth if row["is_reported"] == "False"} == {"dvv"}
    assert nil
    assert all(event["data"]["themes"] == [] for event in nil)


def test_corrections_name_events_that_were_sent_and_restore_what_is_right(once, folder):
    sent = {(event["source"], event["id"]): event for of_type in once.values() for event in of_type}
    truth = {row["correction_id"]: row for row in table(folder, "corrections")}
    corrections = [*once["correction.withdrawn"], *once["correction.amended"]]

    assert {event["id"] for event in corrections} == truth.keys()
    assert Counter(row["kind"] for row in truth.values()) == {"withdrawn": 120, "amended": 30}
    for correction in corrections:
        row, wrong = truth[correction["id"]], sent[correction["data"]["ref_source"], correction["data"]["ref_id"]]
        assert at(wrong["receivedtime"]) < at(correction["receivedtime"])
        if row["field"] == "purpose":
            assert (wrong["data"]["purpose"], correction["data"]["replaced"]["purpose"]) == ("service", "booking_only")


def test_a_wrong_clock_shifts_times_and_is_told_only_where_the_device_knows_it(once, faults, folder):
    devices = {row["source"]: row for row in table(folder, "devices")}
    for fault in faults["wrong_clock"]:
        device = devices[fault["source"]]
        offset = int(device["clock_offset_seconds"])
        beats = [event for event in once["device.heartbeat"] if event["source"] == fault["source"]]
        behind = [(at(beat["time"]) - at(beat["receivedtime"])).total_seconds() for beat in beats]
        told = [beat["data"].get("clock_offset_ms") for beat in beats]

        assert any(offset - 60 < seconds <= offset for seconds in behind)
        assert any(-60 < seconds <= 0 for seconds in behind), "the clock was right before and after"
        assert any(ms is None for ms in told) is (device["is_offset_told"] == "False")
        assert any(ms is not None and abs(ms - offset * 1000) < 1000 for ms in told) is (
            device["is_offset_told"] == "True"
        )


def test_an_alive_device_without_heartbeats_and_devices_that_know_the_hour_only(once, events, faults):
    (silent,) = faults["silent_heartbeats"]
    presses = [event for event in once["feedback.given"] if is_within(event, silent)]
    beats = [event for event in once["device.heartbeat"] if is_within(event, silent)]
    hourly = {row["source"] for row in faults["hour_precision"]}

    assert len(presses) > 50
    assert beats == []
    assert {event["source"] for event in events if event.get("timeprecision") == "hour"} == hourly
    assert all(event["time"][14:19] == "00:00" for event in events if event["source"] in hourly)


def test_hours_of_the_truth_are_measured_silent_or_closed(folder, faults):
    rows = table(folder, "hours")
    states = Counter((row["source"], row["state"]) for row in rows)
    (dead,) = faults["dead_device"]

    assert states[dead["source"], "silent"] == 5 * 8
    assert {source for source, state in states if state == "silent"} == {
        row["source"] for kind in ("dead_device", "broken_vendor", "reset_clock") for row in faults[kind]
    }
    assert states["/points/rovaniemi/queue/rovaniemi-q1", "closed"] == 8
    assert all(0 < int(row["opening_minutes"]) <= 60 for row in rows)


def test_every_code_that_events_may_use_has_a_name_in_three_languages(once, reference):
    contracts = read_contracts()
    named = defaultdict(set)
    for row in reference["code_labels.csv"]:
        named[row.values["code_list"]].add(row.values["code"])
    for (event_type, field), code_list in CODE_LISTS.items():
        used = {event["data"][field] for event in once[event_type] if field in event["data"]}
        allowed = (
            contracts[f"fi.pulssi.{event_type}.v1"].schema["properties"]["data"]["properties"][field].get("enum", [])
        )

        assert used, f"no {event_type} has {field}"
        assert used | set(allowed) <= named[code_list], code_list


def test_services_and_stops_that_events_name_are_in_the_reference_data(once, reference):
    services = {(row.values["agency_code"], row.values["service_code"]) for row in reference["services.csv"]}
    stops = {(row.values["service_point_id"], row.values["stop_id"]) for row in reference["stops.csv"]}
    named = [
        event for kind in ("queue.ticket_issued", "booking.created", "booking.slots_observed") for event in once[kind]
    ]
    at_stops = [event for event in once["queue.ticket_issued"] if "stop_id" in event["data"]]

    assert {(e["data"]["agency"], e["data"]["service_code"]) for e in named if "service_code" in e["data"]} <= services
    assert {(event["subject"], event["data"]["stop_id"]) for event in at_stops} == {
        s for s in stops if s[0] == "enontekio"
    }


def total(rows, column):
    return sum(int(row[column]) for row in rows)
