"""Faults planted in a stream of events, each recorded with how many events it touched."""

from collections import Counter
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from ingest.simulator import clocks
from ingest.simulator.bursts import plant_bursts
from ingest.simulator.clocks import WrongClock
from ingest.simulator.corrections import Correction, plant_corrections
from ingest.simulator.events import DAY_SECONDS, Event, Fault, render
from ingest.simulator.parameters import instant
from ingest.simulator.texts import SENTENCES, personal_data


@dataclass(frozen=True, slots=True)
class PlantedText:
    event_id: str
    source: str
    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Planted:
    """The events as they arrive, in order of arrival, and what was planted in them."""

    events: list[Event]
    faults: list[Fault]
    texts: list[PlantedText]
    corrections: list[Correction]
    clocks: list[WrongClock]


def plant(rng: Random, events: list[Event], faults: Mapping[str, Any], time_zone: ZoneInfo) -> Planted:
    """Plant *faults*; every line of the file has at most one fault of delivery."""
    recorded: list[Fault] = []
    added, corrections = plant_corrections(rng, events, faults, time_zone, recorded)
    events = [*events, *added, *plant_bursts(rng, events, faults, time_zone, recorded)]
    for fault in faults["dead_device"]:
        events = _silence(events, *_window(fault, time_zone), recorded)
    events = clocks.drop_heartbeats(events, faults, time_zone, recorded)
    for fault in faults["broken_vendor"]:
        _break(rng, events, *_window(fault, time_zone), time_zone, recorded)
        if fault.get("opens_breaker"):
            described = "bad events enough within an hour to open the breaker of the source, until it is mended"
            recorded.append(replace(recorded[-1], kind="open_breaker", description=described))
    for fault in faults["late_arrival"]:
        _delay(rng, events, *_window(fault, time_zone), instant(fault["delivered_at"], time_zone), recorded)
    for fault in faults["reordering"]:
        _reorder(events, *_window(fault, time_zone), recorded)
    texts = _write_personal_data(rng, events, faults["personal_data_count"], recorded)
    wrong_clocks = clocks.find_wrong_clocks(events, faults, time_zone, recorded)
    wrong_clocks += clocks.find_reset_clocks(events, faults, time_zone, recorded)
    recorded += clocks.hour_precision_faults(events, faults["hour_precision"])
    untouched = _untouched(events, recorded, texts, corrections)
    conflicts = _conflicts(rng, untouched, faults, recorded)
    redelivered = _redeliver_some(rng, untouched, faults["redelivered_share"], recorded)
    for fault in faults["redelivery"]:
        redelivered += _redeliver_all(rng, events, *_window(fault, time_zone), recorded)
    clocks.set_wrong(rng, wrong_clocks)
    events = sorted([*events, *conflicts, *redelivered], key=lambda event: (event.received_at, event.event_id))
    recorded.append(_unknown_point(events, faults["unknown_point"]))
    recorded += _left_while_waiting(events, [fault for fault in recorded if fault.kind == "broken_vendor"])
    return Planted(events, recorded, texts, corrections, wrong_clocks)


def _window(fault: Mapping[str, Any], time_zone: ZoneInfo) -> tuple[str, int, int]:
    return fault["source"], instant(fault["starts_at"], time_zone), instant(fault["ends_at"], time_zone)


def _is_in(event: Event, source: str, starts_at: int, ends_at: int) -> bool:
    return event.source == source and starts_at <= event.occurred_at < ends_at


def _silence(events: list[Event], source: str, starts_at: int, ends_at: int, recorded: list[Fault]) -> list[Event]:
    lost = [event for event in events if _is_in(event, source, starts_at, ends_at)]
    presses = sum(event.event_type == "feedback.given" for event in lost)
    described = f"{presses} presses and {len(lost) - presses} heartbeats never reached anybody"
    recorded.append(Fault("dead_device", _subject(lost), source, starts_at, ends_at, len(lost), described))
    return [event for event in events if not _is_in(event, source, starts_at, ends_at)]


def _break(
    rng: Random,
    events: list[Event],
    source: str,
    starts_at: int,
    ends_at: int,
    time_zone: ZoneInfo,
    recorded: list[Fault],
) -> None:
    """Each event breaks its contract in one of several ways; every seventh is cut off and no JSON at all."""
    broken = [event for event in events if _is_in(event, source, starts_at, ends_at)]
    for number, event in enumerate(broken):
        if number % 7 == 6:
            event.raw = render(event, time_zone)[: rng.randint(40, 120)]
        elif number % 3 == 0:
            event.data = event.data | {"vendor_debug": "fw-4.2.0-rc1"}
        elif number % 3 == 1:
            event.data = {"payload": event.data}
        else:
            event.event_type = event.event_type.split(".")[0] + ".pressed"
    described = "firmware that breaks the contract: unknown and missing fields, an unknown type, cut-off lines"
    recorded.append(Fault("broken_vendor", _subject(broken), source, starts_at, ends_at, len(broken), described))


def _delay(
    rng: Random,
    events: list[Event],
    source: str,
    starts_at: int,
    ends_at: int,
    delivered_at: int,
    recorded: list[Fault],
) -> None:
    late = [event for event in events if _is_in(event, source, starts_at, ends_at)]
    for number, event in enumerate(late):
        event.received_at = max(event.received_at, delivered_at) + number // 20 + rng.randint(0, 2)
    days = (delivered_at - ends_at) // DAY_SECONDS
    described = f"kept by the source and delivered {days} days after the last of them"
    point = "" if source.startswith("/agencies/") else _subject(late)
    recorded.append(Fault("late_arrival", point, source, starts_at, ends_at, len(late), described))


def _reorder(events: list[Event], source: str, starts_at: int, ends_at: int, recorded: list[Fault]) -> None:
    """Every half hour's events arrive together at its end, the last one first."""
    halves: dict[int, list[Event]] = {}
    for event in events:
        if _is_in(event, source, starts_at, ends_at):
            halves.setdefault(event.occurred_at // 1800, []).append(event)
    count = 0
    for half, together in sorted(halves.items()):
        together.sort(key=lambda event: event.occurred_at, reverse=True)
        for number, event in enumerate(together):
            event.received_at = (half + 1) * 1800 + 5 + number
        count += len(together)
    point = _subject([event for together in halves.values() for event in together])
    described = "buffered for half an hour and sent in reverse"
    recorded.append(Fault("reordering", point, source, starts_at, ends_at, count, described))


def _write_personal_data(rng: Random, events: list[Event], count: int, recorded: list[Fault]) -> list[PlantedText]:
    candidates = [event for event in events if {"text", "language"} <= event.data.keys() and event.raw is None]
    chosen = rng.sample(candidates, min(count, len(candidates)))
    planted = []
    for event, (kind, value) in zip(chosen, personal_data(rng), strict=False):
        language = event.data["language"]
        event.data = event.data | {"text": f"{event.data['text']} {SENTENCES[kind][language].format(value)}"}
        planted.append(PlantedText(event.event_id, event.source, kind, value))
    recorded.append(
        _spread(
            "personal_data",
            chosen,
            "invented identity codes, phones, addresses, accounts, names, plates, birth dates, case numbers in texts",
        )
    )
    return planted


def _untouched(
    events: list[Event], recorded: list[Fault], texts: list[PlantedText], corrections: list[Correction]
) -> list[Event]:
    """Events that no fault has touched, so that every line of the file has at most one fault of delivery."""
    windows: dict[str, list[tuple[int, int]]] = {}
    for fault in recorded:
        windows.setdefault(fault.source, []).append((fault.starts_at, fault.ends_at))
    touched = {text.event_id for text in texts} | {correction.correction_id for correction in corrections}
    return [
        event
        for event in events
        if event.event_id not in touched
        and not any(starts_at <= event.occurred_at < ends_at for starts_at, ends_at in windows.get(event.source, ()))
    ]


def _conflicts(rng: Random, events: list[Event], faults: Mapping[str, Any], recorded: list[Fault]) -> list[Event]:
    """The same id again with another payload: a device that gave its next press the id of the last one."""
    known = [event for event in events if event.subject != faults["unknown_point"]]
    presses = [event for event in known if event.data.get("mode") == "device"]
    made = []
    for event in rng.sample(presses, min(faults["conflict_count"], len(presses))):
        other = deepcopy(event)
        answer = other.data["answers"][0]
        answer["raw_value"] = answer["raw_value"] % 4 + 1
        made.append(replace(other, received_at=event.received_at + rng.randint(60, 7200)))
    recorded.append(_spread("conflict", made, "a second event under the id of an earlier one, with another answer"))
    return made


def _redeliver_some(rng: Random, events: list[Event], share: float, recorded: list[Fault]) -> list[Event]:
    chosen = [event for event in events if rng.random() < share]
    made = [replace(event, received_at=event.received_at + int(rng.expovariate(1 / 7200)) + 1) for event in chosen]
    recorded.append(_spread("redelivery", made, "single events sent again, mostly within hours"))
    return made


def _redeliver_all(
    rng: Random, events: list[Event], source: str, starts_at: int, ends_at: int, recorded: list[Fault]
) -> list[Event]:
    made = [
        replace(event, received_at=ends_at + 4 * 3600 + number // 50 + rng.randint(0, 2))
        for number, event in enumerate(event for event in events if _is_in(event, source, starts_at, ends_at))
    ]
    described = "a whole day sent again in the next night"
    recorded.append(Fault("redelivery", _subject(made), source, starts_at, ends_at, len(made), described))
    return made


def _unknown_point(events: list[Event], service_point_id: str) -> Fault:
    theirs = [event for event in events if event.subject == service_point_id]
    described = "sends from the first day, is registered later"
    return _spread("unknown_point", theirs, described, service_point_id)


def _left_while_waiting(events: list[Event], broken: list[Fault]) -> list[Fault]:
    """One row a point; events sent twice count once, those of a broken vendor not at all."""
    first = {
        (event.source, event.event_id): event
        for event in events
        if event.event_type == "queue.abandoned"
        and not any(_is_in(event, fault.source, fault.starts_at, fault.ends_at) for fault in broken)
    }
    counts = Counter(event.subject for event in first.values())
    described = "customers who left before they were called"
    return [
        _spread("left_while_waiting", [event for event in first.values() if event.subject == point], described, point)
        for point in sorted(counts)
    ]


def _spread(kind: str, events: list[Event], description: str, service_point_id: str = "") -> Fault:
    instants = [event.occurred_at for event in events] or [0]
    return Fault(kind, service_point_id, "", min(instants), max(instants) + 1, len(events), description)


def _subject(events: list[Event]) -> str:
    return events[0].subject if events else ""
