"""Plants devices that tell the wrong time, fall silent though they work, or know only the hour."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from ingest.simulator.events import Event, Fault
from ingest.simulator.parameters import instant

HEARTBEAT = "device.heartbeat"


@dataclass(frozen=True, slots=True)
class WrongClock:
    """A device whose clock is *offset_seconds* ahead (behind when negative) in a span of true time."""

    source: str
    offset_seconds: int
    starts_at: int
    ends_at: int
    is_told: bool
    events: list[Event]


def find_wrong_clocks(
    events: list[Event], faults: Mapping[str, Any], zone: ZoneInfo, recorded: list[Fault]
) -> list[WrongClock]:
    """Whose clock will be wrong; the events still have the true time."""
    found = []
    for fault in faults["wrong_clock"]:
        starts_at, ends_at = instant(fault["starts_at"], zone), instant(fault["ends_at"], zone)
        theirs = [e for e in events if e.source == fault["source"] and starts_at <= e.occurred_at < ends_at]
        minutes = fault["offset_seconds"] / 60
        described = f"clock {abs(minutes):.0f} min {'ahead' if minutes > 0 else 'behind'}" + (
            ", told in its heartbeats" if fault["is_told"] else ", not told"
        )
        found.append(WrongClock(fault["source"], fault["offset_seconds"], starts_at, ends_at, fault["is_told"], theirs))
        recorded.append(
            Fault("wrong_clock", theirs[0].subject, fault["source"], starts_at, ends_at, len(theirs), described)
        )
    return found


def find_reset_clocks(
    events: list[Event], faults: Mapping[str, Any], zone: ZoneInfo, recorded: list[Fault]
) -> list[WrongClock]:
    """Devices that came back from a power cut with the time of the factory."""
    found = []
    for fault in faults["reset_clock"]:
        starts_at, ends_at = instant(fault["starts_at"], zone), instant(fault["ends_at"], zone)
        theirs = [e for e in events if e.source == fault["source"] and starts_at <= e.occurred_at < ends_at]
        offset = instant(fault["begins_anew_at"], zone) - starts_at
        found.append(WrongClock(fault["source"], offset, starts_at, ends_at, False, theirs))
        described = f"clock set back to {fault['begins_anew_at']} by a power cut: older than anything kept"
        recorded.append(
            Fault("reset_clock", theirs[0].subject, fault["source"], starts_at, ends_at, len(theirs), described)
        )
    return found


def set_wrong(rng: Random, clocks: list[WrongClock]) -> None:
    """Shift the times of their events; a heartbeat tells the offset where the device knows it."""
    for clock in clocks:
        for event in clock.events:
            event.occurred_at += clock.offset_seconds
            if event.event_type == HEARTBEAT:
                event.data = {name: value for name, value in event.data.items() if name != "clock_offset_ms"}
                if clock.is_told:
                    event.data["clock_offset_ms"] = clock.offset_seconds * 1000 + rng.randint(-400, 400)


def drop_heartbeats(
    events: list[Event], faults: Mapping[str, Any], zone: ZoneInfo, recorded: list[Fault]
) -> list[Event]:
    """A device that sends presses but no heartbeats is alive."""
    for fault in faults["silent_heartbeats"]:
        starts_at, ends_at = instant(fault["starts_at"], zone), instant(fault["ends_at"], zone)

        def is_dropped(
            event: Event, source: str = fault["source"], span: tuple[int, int] = (starts_at, ends_at)
        ) -> bool:
            return event.source == source and event.event_type == HEARTBEAT and span[0] <= event.occurred_at < span[1]

        dropped = [event for event in events if is_dropped(event)]
        described = "heartbeats stopped, presses went on: the device is alive"
        recorded.append(
            Fault("silent_heartbeats", dropped[0].subject, fault["source"], starts_at, ends_at, len(dropped), described)
        )
        events = [event for event in events if not is_dropped(event)]
    return events


def hour_precision_faults(events: list[Event], sources: list[str]) -> list[Fault]:
    """Devices that send by SMS tell only the hour of a press; the count is of presses and heartbeats."""
    found = []
    for source in sources:
        theirs = [event for event in events if event.source == source]
        starts_at, ends_at = min(e.occurred_at for e in theirs), max(e.occurred_at for e in theirs) + 1
        described = "times known to the hour only"
        found.append(Fault("hour_precision", theirs[0].subject, source, starts_at, ends_at, len(theirs), described))
    return found
