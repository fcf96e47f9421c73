"""From what happened at a point on a day to the events of its systems, devices, agencies and surveys."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from ingest.simulator import booking_messages, feedback_messages, point_messages, queue_messages
from ingest.simulator.events import Event, Keys, heartbeats, local_day_start, random_key
from ingest.simulator.parameters import Parameters, Scenario
from ingest.simulator.run import DayOfPoint
from ingest.simulator.world import World

# What is installed, and the kind of device as which it tells that it is alive.
ALIVE = (
    ("queue", "queue"),
    ("display", "queue"),
    ("device", "feedback"),
    ("self_service", "self_service"),
    ("remote", "remote"),
)


@dataclass(frozen=True, slots=True)
class Records:
    """The references that systems gave on a day; sessions and incidents in the order of the day's."""

    keys: Keys
    session_keys: list[str]
    incident_keys: list[str]


def draw_records(rng: Random, happened: DayOfPoint) -> Records:
    keys = Keys(
        tickets=[random_key(rng, "tkt") for _ in happened.tickets],
        visits={visit: random_key(rng, "vis") for visit in sorted({ticket.visit for ticket in happened.tickets})},
        bookings={(booking.agency, booking.number): random_key(rng, "bkg") for booking in happened.bookings},
    )
    return Records(
        keys=keys,
        session_keys=[random_key(rng, "ses") for _ in happened.sessions],
        incident_keys=[random_key(rng, "inc") for _ in happened.incidents],
    )


def day_events(
    rng: Random, happened: DayOfPoint, records: Records, world: World, parameters: Parameters, scenario: Scenario
) -> Iterator[Event]:
    """Everything that would be sent about one day of one point if nothing went wrong."""
    point, zone = happened.point, scenario.time_zone
    start = local_day_start(happened.day, zone)
    yield from _heartbeats(rng, happened, parameters, scenario, start)
    if point.queue_source is not None:
        yield from queue_messages.queue_events(rng, happened, records.keys, world, parameters, start)
    if "display" in point.installed:
        yield from queue_messages.snapshots(rng, happened, start)
    yield from booking_messages.booking_events(rng, happened, records.keys, world, parameters, zone, start)
    yield from booking_messages.slots_observed(rng, happened, world, zone, start)
    yield from _feedback(rng, happened, world, parameters, scenario, start)
    yield from point_messages.session_events(rng, happened, records.session_keys, parameters, zone, start)
    yield from point_messages.advice_events(rng, happened, parameters, start)
    yield from point_messages.incident_events(rng, happened, records.incident_keys, zone, start)


def _feedback(
    rng: Random, happened: DayOfPoint, world: World, parameters: Parameters, scenario: Scenario, start: int
) -> Iterator[Event]:
    yield from feedback_messages.presses(rng, happened, parameters, scenario, start)
    yield from feedback_messages.sms_answers(rng, happened, world, parameters, start)
    if world.waves["customer"].has(happened.day) and happened.point.service_point_id in scenario.surveyed_points:
        yield from feedback_messages.survey_forms(rng, happened, world, parameters, start)
    yield from feedback_messages.interviews(rng, happened, world, parameters, start)
    yield from feedback_messages.paper_forms(rng, happened, parameters, start)
    yield from feedback_messages.web_answers(rng, happened, world, parameters, start)
    yield from feedback_messages.told(rng, happened, parameters, start)


def _heartbeats(
    rng: Random, happened: DayOfPoint, parameters: Parameters, scenario: Scenario, start: int
) -> Iterator[Event]:
    point, span = happened.point, happened.point.opening(happened.day)
    assert span is not None, "a day without opening hours has no events"
    for installed, kind in ALIVE:
        source = point.installed.get(installed)
        if source is not None:
            precision = "hour" if source in scenario.faults["hour_precision"] else "second"
            sigma = parameters["heartbeat_offset_sigma_ms"]
            yield from heartbeats(rng, source, point.service_point_id, kind, start, span, sigma, precision)
