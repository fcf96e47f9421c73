"""The demo's simulated months: contracts, planted faults of delivery, truth of the metrics."""

import csv
import statistics
from collections import Counter, defaultdict
from dataclasses import replace
from itertools import pairwise

import pytest
from simulated_files import at, is_within, table

from infra.settings import read_deployment
from ingest.contracts import read_contracts
from ingest.simulator.parameters import read_parameters
from ingest.simulator.simulation import expected, replicate, simulate_events, write_simulation
from ingest.simulator.texts import CHECK_CHARACTERS


@pytest.mark.parametrize(("seed", "is_same"), [(1, True), (2, False)])
def test_the_same_seed_gives_the_same_bytes(inputs, tmp_path, seed, is_same):
    few = {"parainen", "kuusamo", "utsjoki"}
    points = tuple(point for point in inputs.world.points if point.service_point_id in few)
    faults = {kind: [] if isinstance(of_kind, list) else of_kind for kind, of_kind in inputs.scenario.faults.items()}
    few = replace(
        inputs,
        world=replace(inputs.world, points=points),
        months=inputs.months[1:],
        scenario=replace(inputs.scenario, faults=faults),
    )

    for name, used in (("one", 1), ("other", seed)):
        write_simulation(tmp_path / name, few, simulate_events(few, used), expected(few, used, 1, print))

    assert (contents(tmp_path / "one") == contents(tmp_path / "other")) is is_same
    assert len(contents(tmp_path / "one")) == 16


def test_every_event_keeps_its_contract_but_those_of_the_broken_vendors(lines, events, faults):
    contracts = read_contracts()
    vendors = faults["broken_vendor"]

    refused = Counter(
        event["source"]
        for event in events
        if event["type"] not in contracts or not contracts[event["type"]].validator.is_valid(event)
    )

    unreadable = len(lines) - len(events)
    assert set(refused) == {vendor["source"] for vendor in vendors} > {row["source"] for row in faults["open_breaker"]}
    assert unreadable > 5
    assert sum(refused.values()) + unreadable == sum(vendor["event_count"] for vendor in vendors)
    assert {event["type"] for event in events} >= set(contracts)


def test_lines_are_in_order_of_arrival_and_ids_in_order_of_time(events, faults):
    arrivals = [event["receivedtime"] for event in events]
    wrong = {row["source"] for kind in ("wrong_clock", "reset_clock") for row in faults[kind]}
    right = [event for event in events if event["source"] not in wrong]
    by_id = sorted((event["id"][:13], at(event["time"])) for event in right)

    assert arrivals == sorted(arrivals)
    assert [instant for _, instant in by_id] == sorted(instant for _, instant in by_id)
    assert all(at(event["time"]) < at(event["receivedtime"]) for event in right)


def test_repeats_are_as_many_as_planted_and_conflicts_differ_in_their_payload(events, faults):
    copies = defaultdict(list)
    for event in events:
        copies[event["source"], event["id"]].append(event["data"])

    conflicts = [data for data in copies.values() if any(other != data[0] for other in data)]
    repeats = sum(len(data) - 1 for data in copies.values())

    assert len(conflicts) == faults["conflict"][0]["event_count"]
    assert repeats == len(conflicts) + sum(row["event_count"] for row in faults["redelivery"])


def test_late_events_arrive_after_the_september_and_october_cutoffs(events, faults):
    by_source = {row["source"]: row for row in faults["late_arrival"]}
    late = Counter(
        event["source"]
        for event in events
        if event["source"] in by_source and (at(event["receivedtime"]) - at(event["time"])).days >= 12
    )
    september, october = (
        {event["source"] for event in events if after_cutoff(event, *months)}
        for months in (("2026-09", "2026-10-10"), ("2026-10", "2026-11-10"))
    )

    assert late == {source: row["event_count"] for source, row in by_source.items()}
    assert "/points/pietarsaari/queue/pietarsaari-q1" in september
    assert "/points/kuusamo/devices/kuusamo-fb1" in october


def test_reordered_events_arrive_against_the_order_of_time(events, faults):
    assert len(faults["reordering"]) == 2
    for row in faults["reordering"]:
        theirs = first_copies(event for event in events if is_within(event, row))
        turned = sum(a["time"] > b["time"] for a, b in pairwise(theirs))

        assert len(theirs) == row["event_count"]
        assert turned > 0.7 * len(theirs)


def test_a_dead_device_sends_nothing_while_its_neighbours_do(events, faults):
    (dead,) = faults["dead_device"]
    neighbour = dead | {"source": "/points/mikkeli/queue/mikkeli-q1"}

    assert dead["event_count"] > 50
    assert not any(is_within(event, dead) for event in events)
    assert any(is_within(event, neighbour) for event in events)


def test_planted_personal_data_stand_in_their_texts_once(folder, events):
    planted = {row["event_id"]: row for row in table(folder, "personal_data")}
    texts = {event["id"]: event["data"]["text"] for event in events if event["id"] in planted}
    all_texts = "\n".join(event["data"]["text"] for event in events if "text" in event["data"])
    codes = [row["value"] for row in planted.values() if row["kind"] == "identity_code"]

    assert len(planted) == 108
    assert all(row["value"] in texts[event_id] for event_id, row in planted.items())
    assert all(all_texts.count(row["value"]) == 1 for row in planted.values())
    assert all(code[10] == CHECK_CHARACTERS[int(code[:6] + code[7:10]) % 31] for code in codes)
    assert all(code[7] == "9" for code in codes)


def test_a_point_registered_later_sends_from_the_first_day(events, faults):
    (unknown,) = faults["unknown_point"]
    theirs = [event for event in events if event.get("subject") == unknown["service_point_id"]]

    assert len(theirs) == unknown["event_count"]
    assert min(event["time"] for event in theirs if "/queue/" in event["source"]).startswith("2026-09-01")


def test_what_the_events_say_is_what_truth_says_where_nothing_was_planted(events, values):
    tickets = followed(events, "tampere", "2026-10")
    walk_ins = [ticket for ticket in tickets if ticket["access"] == "walk_in"]
    within = [ticket for ticket in walk_ins if "called" in ticket and wait(ticket) <= 900]

    def realised(metric):
        return float(values["2026-10", "service_point", "tampere", metric, "queue_system"]["realised_value"])

    assert len(tickets) > 3000
    assert realised("visits") == len({ticket["visit_key"] for ticket in tickets})
    assert realised("abandonment_rate") == pytest.approx(share("abandoned", tickets), abs=1e-6)
    assert realised("queue_time_within_target_share") == pytest.approx(len(within) / len(walk_ins), abs=1e-6)


def test_truth_of_all_customers_is_that_of_the_ticket_file(folder, values):
    rows = [row for row in table(folder, "tickets") if row["purpose"] == "service" and row["opening_date"] < "2026-10"]
    rows = [row for row in rows if row["service_point_id"] == "mikkeli"]
    walk_ins = [row for row in rows if row["access"] == "walk_in" and not row["moved_from_ticket_key"]]
    waits = [int(row["would_be_wait_seconds"]) for row in walk_ins]
    sms = [row for row in rows if row["agency"] in {"kela", "vero", "poliisi", "dvv", "te"}]
    first = {row["opening_date"] + row["visit_key"]: int(row["would_be_face_score"]) for row in reversed(rows)}

    def realised(metric, mode):
        return float(values["2026-09", "service_point", "mikkeli", metric, mode]["realised_value"])

    assert realised("queue_time_median", "queue_system") == pytest.approx(statistics.median(waits) / 60, abs=1e-6)
    assert realised("satisfaction_mean", "device") == pytest.approx(statistics.mean(first.values()), abs=1e-6)
    assert realised("satisfaction_happy_share", "sms") == pytest.approx(
        statistics.mean(int(row["would_be_rating"]) >= 4 for row in sms), abs=1e-6
    )
    assert realised("advanced_rate", "sms") == pytest.approx(
        statistics.mean(row["would_be_outcome"] != "neither" for row in sms), abs=1e-6
    )


def test_upper_levels_are_sums_of_their_points(values):
    def counts(level):
        return sum(
            int(row["realised_count"])
            for (period, of, _, metric, _), row in values.items()
            if (period, of, metric) == ("2026-10", level, "abandonment_rate")
        )

    assert len({counts(level) for level in ("service_point", "region", "size_class", "agency", "national")}) == 1


def test_true_waits_double_where_it_was_planted_and_only_there(inputs):
    points = tuple(point for point in inputs.world.points if point.service_point_id in ("tampere", "oulu"))
    two = replace(inputs, world=replace(inputs.world, points=points))
    waits = defaultdict(Counter)
    for (period, point, _, metric, _), sums in replicate(two, 5, 12, print).items():
        if metric == "queue_time_median":
            waits[period, point].update(sums.waits)

    medians = {key: statistics.median(of.elements()) for key, of in waits.items()}

    assert 1.6 < medians["2026-10-01", "oulu"] / medians["2026-09-01", "oulu"] < 2.5
    assert 0.75 < medians["2026-10-01", "tampere"] / medians["2026-09-01", "tampere"] < 1.33


def test_a_silent_installation_is_the_only_gap_in_completeness(values):
    gaps = {
        key[:5]: float(row["true_value"])
        for key, row in values.items()
        if key[1] == "service_point" and key[3] == "completeness" and float(row["true_value"]) < 1
    }

    assert gaps == {
        ("2026-10", "service_point", "mikkeli", "completeness", "feedback"): pytest.approx(17 / 22, abs=1e-6),
        ("2026-10", "service_point", "lappeenranta", "completeness", "feedback"): pytest.approx(19 / 22, abs=1e-6),
        ("2026-10", "service_point", "jyvaskyla", "completeness", "queue"): pytest.approx(21 / 22, abs=1e-6),
        ("2026-10", "service_point", "loviisa", "completeness", "feedback"): pytest.approx(1 - 480 / 10920, abs=1e-6),
    }


def test_every_parameter_names_its_source_or_is_an_assumption():
    with (read_deployment("demo").folder.parents[2] / "ingest/simulator/parameters.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))

    assert len(rows) > 500
    assert all(row["source_file"] == "assumption" or row["source_row"] for row in rows)
    assert set(read_parameters().agencies) == {"kela", "vero", "poliisi", "dvv", "migri", "te", "lvv", "kunta"}


def contents(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def after_cutoff(event, month, cutoff):
    return event["time"].startswith(month) and event["receivedtime"] > cutoff


def first_copies(events):
    return list({event["id"]: event for event in reversed(list(events))}.values())[::-1]


def followed(events, point, month):
    """Tickets of a point from its queue events, each copy of an event once; a ticket moved on keeps its first call."""
    tickets = defaultdict(dict)
    for event in events:
        if (
            event["type"].startswith("fi.pulssi.queue.")
            and event.get("subject") == point
            and event["time"].startswith(month)
        ):
            name = event["type"].split(".")[3]
            ticket = tickets[event["data"]["ticket_key"]]
            ticket[name] = min(at(event["time"]), ticket.get(name, at(event["time"])))
            ticket |= event["data"]
    return [ticket for ticket in tickets.values() if ticket["purpose"] == "service"]


def wait(ticket):
    return (ticket["called"] - ticket["ticket_issued"]).total_seconds()


def share(name, tickets):
    return sum(name in ticket for ticket in tickets) / len(tickets)
