"""Vendors' payloads of simulated events: translated back, they are the events."""

import csv
from collections import Counter

import pytest

from infra.settings import read_deployment
from ingest.adapters.adapter import translate
from ingest.adapters.installations import read_installations
from ingest.contracts import read_contracts
from ingest.simulator.vendor_payloads import Vendors, without_receipt

DEMO = read_deployment("demo")
CONTRACTS = read_contracts()
VENDORS = Vendors(read_installations(DEMO))
SPOKEN = {
    "smiley_vendor": {"feedback.given", "device.heartbeat"},
    "queue_vendor": {
        "queue.ticket_issued", "queue.checked_in", "queue.called", "queue.recalled", "queue.service_started",
        "queue.service_held", "queue.service_resumed", "queue.service_ended", "queue.transferred", "queue.abandoned",
        "queue.no_show", "device.heartbeat",
    },
    "booking_vendor": {"booking.created", "booking.changed", "booking.cancelled", "booking.slots_observed"},
}  # fmt: skip


def reference_sources():
    for folder in (DEMO.folder, DEMO.folder / "registered_later"):
        with (folder / "sources.csv").open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)


def test_every_device_queue_system_and_booking_system_of_the_demo_is_installed():
    expected = {
        row["source"]
        for row in reference_sources()
        if row["collection_mode"] in ("device", "sms")
        or row["family"] == "booking"
        or (row["family"] == "queue" and "/queue/" in row["source"])
    }

    assert VENDORS.sources() == expected


@pytest.fixture(scope="module")
def sampled(events):
    """Valid events of installed sources: every tenth, and the first hundred of each kind."""
    seen = Counter()
    chosen = []
    for number, event in enumerate(events):
        contract = CONTRACTS.get(event["type"])
        if event["source"] in VENDORS.sources() and contract and contract.validator.is_valid(event):
            seen[event["type"]] += 1
            if number % 10 == 0 or seen[event["type"]] <= 100:
                chosen.append(event)
    return chosen


def test_what_a_vendor_would_send_is_translated_back_to_the_simulated_event(sampled):
    spoken = Counter()
    for event in sampled:
        found = VENDORS.payload(event)
        if found is not None:
            installation, payload = found
            assert translate(payload, installation) == [without_receipt(event)]
            spoken[installation.name, event["type"].removeprefix("fi.pulssi.").removesuffix(".v1")] += 1

    for name, kinds in SPOKEN.items():
        assert {kind for installed, kind in spoken if installed == name} == kinds
    assert spoken.total() > 0.99 * sum("correction" not in event["type"] for event in sampled)


def test_a_corrected_or_odd_event_that_no_vendor_format_can_say_goes_another_way(sampled):
    press = next(
        event for event in sampled if event["type"] == "fi.pulssi.feedback.given.v1" and "/devices/" in event["source"]
    )

    assert VENDORS.payload(press) is not None
    assert VENDORS.payload(press | {"timeprecision": "minute"}) is None
    assert VENDORS.payload(press | {"source": "/web/feedback"}) is None
