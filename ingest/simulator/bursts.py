"""Plants misuse of feedback devices: somebody presses again and again within seconds."""

from collections.abc import Mapping
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from ingest.simulator.events import Event, Fault, new_event
from ingest.simulator.parameters import instant

BURST_SECONDS = 8


def plant_bursts(
    rng: Random, events: list[Event], faults: Mapping[str, Any], zone: ZoneInfo, recorded: list[Fault]
) -> list[Event]:
    """The presses of each burst, on the scale of the device; all are of its lowest face."""
    found = []
    for fault in faults["press_burst"]:
        source, starts_at = fault["source"], instant(fault["starts_at"], zone)
        like = next(event for event in events if event.source == source and event.event_type == "feedback.given")
        answers = [like.data["answers"][0] | {"raw_value": 1}]
        presses = [
            new_event(rng, "feedback.given", source, like.subject, at, like.data | {"answers": answers})
            for at in sorted(starts_at + rng.randrange(BURST_SECONDS) for _ in range(fault["count"]))
        ]
        described = f"{len(presses)} presses within {BURST_SECONDS} seconds: all but the first are misuse"
        ends_at = starts_at + BURST_SECONDS
        recorded.append(Fault("press_burst", like.subject, source, starts_at, ends_at, len(presses), described))
        found += presses
    return found
