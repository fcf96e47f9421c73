"""One run of the points over the months: every customer with their queue and their opinion."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from math import exp
from random import Random

from infra.months import Month
from ingest.simulator.background import Contact, Incident, Look, draw_contacts, draw_incidents, draw_looks
from ingest.simulator.customers import Booking, DayOfAgency, Ticket, draw_day, draw_ticket
from ingest.simulator.opinions import Opinion, WaveAnswers, draw_opinion, draw_wave_answers
from ingest.simulator.parameters import Parameters, Scenario
from ingest.simulator.plans import QueuePlan, agency_opening, plan_point
from ingest.simulator.queues import run_day
from ingest.simulator.sessions import Session, draw_sessions
from ingest.simulator.world import Point, World, days


@dataclass(frozen=True, slots=True)
class DayOfPoint:
    """What happened at a point on a day; opinions in the order of tickets.

    *wave_answers*: by visit what would be answered in a survey or interview, on the days and points of a wave.
    """

    point: Point
    day: date
    tickets: list[Ticket]
    opinions: list[Opinion]
    bookings: list[Booking]
    sessions: list[Session]
    contacts: list[Contact]
    incidents: list[Incident]
    looks: list[Look]
    wave_answers: dict[int, WaveAnswers]


PATIENT = 10**6  # seconds: whoever was moved to another queue by the staff stays


def run(
    world: World, months: list[Month], parameters: Parameters, scenario: Scenario, seed: str
) -> Iterator[DayOfPoint]:
    """Every opening day of every point. A day depends on *seed*, the point and the date alone."""
    for point in world.points:
        for month in months:
            plans = plan_point(point, month, parameters, scenario)
            of_point = parameters.of_point(point.service_point_id, month, scenario)
            for day in days(month):
                if point.opening(day) is not None:
                    yield _run_point(seed, point, day, plans, of_point, world, scenario)


def wave_modes(point: Point, day: date, world: World, scenario: Scenario) -> list[str]:
    """How the questions of a wave are asked at the point on that day."""
    modes = []
    if world.waves["customer"].has(day) and point.service_point_id in scenario.surveyed_points:
        modes.append("survey")
    if world.waves["interviews"].has(day) and "interview" in point.installed:
        modes.append("interview")
    return modes


def _run_point(
    seed: str,
    point: Point,
    day: date,
    plans: dict[str, QueuePlan],
    parameters: Parameters,
    world: World,
    scenario: Scenario,
) -> DayOfPoint:
    rng = Random(f"{seed}:{point.service_point_id}:{day}")
    # What was added later draws apart, so that the customers of a seed stay who they were.
    extra = Random(f"{seed}:{point.service_point_id}:{day}:extra")
    arrival_sigma = parameters["arrival_day_sigma"]
    arrival_factor = exp(rng.gauss(-arrival_sigma * arrival_sigma / 2, arrival_sigma))
    agencies: dict[str, DayOfAgency] = {}
    visit = 0
    for agency, plan in plans.items():
        span = agency_opening(point, agency, parameters, day)
        if span is not None:
            drawn = draw_day(rng, plan, span, day, arrival_factor, parameters, visit)
            visit += len(drawn.walk_ins) + len(drawn.bookings)
            agencies[agency] = drawn
    _draw_second_matters(rng, agencies, parameters)
    _draw_transfers(extra, agencies, parameters)

    def draw_next(agency: str, before: Ticket, now: int) -> Ticket:
        ticket = draw_ticket(rng, agencies[agency], before.visit, now, parameters)
        ticket.chained_from = before
        if before.is_transfer:
            ticket.is_second_leg, ticket.patience, ticket.is_absent = True, PATIENT, False
        return ticket

    for drawn in agencies.values():
        for ticket in (*drawn.walk_ins, *drawn.booked):
            ticket.is_held = extra.random() < parameters["held_share"]
    tickets = run_day(list(agencies.values()), int(parameters["early_call_minutes"] * 60), draw_next)
    opinions = _opinions(rng, point, tickets, parameters, scenario)
    span, effect = point.opening(day), scenario.satisfaction_of_point.get(point.service_point_id, 0.0)
    assert span is not None, "only opening days are run"
    beside = Random(f"{seed}:{point.service_point_id}:{day}:beside")
    asked = (
        {ticket.visit for ticket in tickets if ticket.purpose == "service"}
        if wave_modes(point, day, world, scenario)
        else ()
    )
    return DayOfPoint(
        point=point,
        day=day,
        tickets=tickets,
        opinions=opinions,
        bookings=[booking for drawn in agencies.values() for booking in drawn.bookings],
        sessions=draw_sessions(extra, point, span, plans, tickets, opinions, parameters, effect),
        contacts=draw_contacts(beside, point, tickets, parameters),
        incidents=draw_incidents(beside, point, span, tickets, parameters),
        looks=draw_looks(beside, point, world.booking_sources, parameters),
        wave_answers={visit: draw_wave_answers(beside, point, effect, parameters) for visit in sorted(asked)},
    )


def _draw_second_matters(rng: Random, agencies: dict[str, DayOfAgency], parameters: Parameters) -> None:
    for agency, drawn in agencies.items():
        others = [other for other in agencies if other != agency]
        weights: list[float] = [agencies[other].plan.weekly_walk_ins for other in others]
        if not any(weights):
            continue
        for ticket in (*drawn.walk_ins, *drawn.booked):
            if ticket.purpose == "service" and rng.random() < parameters["multi_matter_share"]:
                ticket.next_agency = rng.choices(others, weights)[0]


def _draw_transfers(rng: Random, agencies: dict[str, DayOfAgency], parameters: Parameters) -> None:
    for drawn in agencies.values():
        for ticket in (*drawn.walk_ins, *drawn.booked):
            if ticket.next_agency is not None:
                ticket.is_transfer = rng.random() < parameters["transferred_share"]


def _opinions(
    rng: Random, point: Point, tickets: list[Ticket], parameters: Parameters, scenario: Scenario
) -> list[Opinion]:
    scale = scenario.faces.get(point.service_point_id, "faces_5")
    effect = scenario.satisfaction_of_point.get(point.service_point_id, 0.0)
    moods: dict[int, float] = {}
    found = []
    for ticket in tickets:
        if ticket.visit not in moods:
            moods[ticket.visit] = rng.gauss(0, 1)
        found.append(draw_opinion(rng, ticket, moods[ticket.visit], scale, effect, parameters))
    return found
