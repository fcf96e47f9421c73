"""The truth of the metrics beside the queue's: by the simulator's other tables, and by the events that were sent."""

from collections import Counter

import pytest
from simulated_files import at, table

from ingest.simulator.truth_sums import NEVER, Sums, quantile_of, value

OCTOBER = "2026-10-01"


@pytest.mark.parametrize(
    ("seconds", "quantile", "expected"),
    [
        ([1, 2, 3, 4, 5], 0.5, 3),
        ([1, 2, 3, 4], 0.5, 2.5),
        ([1, 1, 1, 4], 0.5, 1),
        (range(1, 11), 0.9, 9.5),
        (range(1, 12), 0.9, 10),
        ([7], 0.9, 7),
        ([], 0.5, None),
    ],
)
def test_a_quantile_is_the_smallest_that_its_share_does_not_exceed(seconds, quantile, expected):
    assert quantile_of(Counter(seconds), quantile) == expected


@pytest.mark.parametrize(("unresolved", "expected"), [(1, 1.0), (2, None)])
def test_what_never_ends_ranks_last(unresolved, expected):
    waits = Counter({3600: 1, NEVER: unresolved}) + Counter({3600: 1} if unresolved == 1 else {})

    assert value("incident_resolution_median", Sums(waits=waits)) == expected


def test_counts_of_the_truth_are_those_of_its_tables(folder, values):
    reported = [row for row in table(folder, "incidents") if row["occurred_at"].startswith("2026-10")]
    incidents = [row for row in reported if row["incident_type"] != "technical_fault"]
    tickets = [
        row
        for row in table(folder, "tickets")
        if row["opening_date"] >= OCTOBER and row["purpose"] == "service" and row["service_point_id"] == "mikkeli"
    ]
    complaints = [row for row in table(folder, "complaints") if row["period"] == OCTOBER]
    sessions = [row for row in table(folder, "sessions") if row["period"] == OCTOBER]

    assert realised(values, "incident_count", "incident") == len(incidents) < len(reported)
    assert realised(values, "complaint_count", "complaint") == sum(int(row["lodged_count"]) for row in complaints)
    assert realised(values, "remote_room_minutes", "session") == pytest.approx(
        sum(float(row["minutes"]) for row in sessions if row["kind"] == "remote"), abs=1
    )
    assert realised(values, "service_events", "queue_system", "mikkeli") == sum(
        not row["moved_from_ticket_key"] for row in tickets
    )
    assert realised(values, "booked_share", "queue_system", "mikkeli") == pytest.approx(
        sum(row["access"] == "booked" for row in tickets) / sum(not row["moved_from_ticket_key"] for row in tickets),
        abs=1e-6,
    )


def test_answers_of_a_wave_are_drawn_from_all_its_visitors(events, values):
    answers = [
        event["data"]
        for event in events
        if event["type"].startswith("fi.pulssi.feedback.given")
        and event["data"].get("mode") == "survey"
        and "wave_id" in event["data"]
        and "subject" in event
    ]
    scores = [
        answer["raw_value"]
        for data in answers
        for answer in data["answers"]
        if answer["question_code"] == "equality_devices"
    ]

    assert len(scores) == len(answers) > 500
    assert sum(scores) / len(scores) == pytest.approx(realised(values, "equality_devices_mean", "survey"), abs=0.1)


def test_open_feedback_and_presses_are_those_that_were_sent(events, values):
    told = {
        (event["source"], event["id"]): event["data"]["polarity"]
        for event in events
        if event["type"].startswith("fi.pulssi.feedback.given")
        and event["data"].get("mode") == "oral"
        and f"{at(event['time']):%Y-%m}" == "2026-10"
    }
    counts = Counter(told.values())
    expected, happened = (
        float(values["2026-10", "service_point", "tampere", "answers_per_100_visits", "device"][column])
        for column in ("true_value", "realised_value")
    )

    assert realised(values, "open_feedback_positive_count", "oral") == counts["positive"] > 50
    assert realised(values, "open_feedback_negative_count", "oral") == counts["negative"]
    assert (expected, happened) == (pytest.approx(25, abs=0.5), pytest.approx(25, abs=2.5))


def realised(values, metric, mode, point=None):
    level = ("service_point", point) if point else ("national", "national")
    return float(values["2026-10", *level, metric, mode]["realised_value"])
