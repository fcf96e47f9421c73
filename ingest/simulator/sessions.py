"""Sessions at the self-service and remote-service devices of a point on one day."""

from dataclasses import dataclass
from math import exp, log
from random import Random

from ingest.simulator.customers import Ticket, poisson
from ingest.simulator.opinions import Opinion, draw_rested_opinion
from ingest.simulator.parameters import Parameters
from ingest.simulator.plans import QueuePlan
from ingest.simulator.world import Point, Span

FAULTS = {"remote": ("connection_lost", "no_sound", "no_picture"), "self_service": ("printer", "card_reader")}


@dataclass(frozen=True, slots=True)
class Session:
    """One stay at a device; seconds since local midnight. *opinion* is what a pop-up would be told.

    *help_comes_at* is when help comes or would have come, had its customer stayed.
    """

    kind: str
    agency: str
    started_at: int
    ended_at: int
    opinion: Opinion
    would_manage_alone: bool
    connected_at: int | None = None
    has_interpreter: bool = False
    help_requested_at: int | None = None
    help_arrived_at: int | None = None
    help_comes_at: int | None = None
    fault_at: int | None = None
    fault_code: str | None = None


def draw_sessions(
    rng: Random,
    point: Point,
    span: Span,
    plans: dict[str, QueuePlan],
    tickets: list[Ticket],
    opinions: list[Opinion],
    parameters: Parameters,
    effect: float,
) -> list[Session]:
    """Remote service is one way in which a ticket is served; who only uses self-service takes no ticket."""
    found = []
    if "remote" in point.installed:
        share = parameters[f"remote_share_{point.size_class}"]
        for ticket, opinion in zip(tickets, opinions, strict=True):
            if ticket.started_at is not None and ticket.agency != "kunta" and rng.random() < share:
                ticket.is_remote = True
                found.append(_remote(rng, ticket, opinion, parameters))
    if "self_service" in point.installed:
        for agency, plan in plans.items():
            share = plan.profile.self_service_share
            visits = sum(ticket.agency == agency and ticket.chained_from is None for ticket in tickets)
            for _ in range(poisson(rng, visits * share / (1 - share))):
                found.append(_self_service(rng, agency, span, parameters, effect))
    return sorted(found, key=lambda session: session.started_at)


def _remote(rng: Random, ticket: Ticket, opinion: Opinion, parameters: Parameters) -> Session:
    assert ticket.started_at is not None, "only who is served has a session"
    assert ticket.ended_at is not None, "service ends"
    delay = int(rng.expovariate(1 / parameters["connection_mean_seconds"]))
    fault_at, fault_code = _fault(rng, "remote", ticket.started_at, ticket.ended_at, parameters)
    return Session(
        kind="remote",
        agency=ticket.agency,
        started_at=ticket.started_at,
        ended_at=ticket.ended_at,
        opinion=opinion,
        would_manage_alone=False,
        connected_at=min(ticket.started_at + delay, ticket.ended_at),
        has_interpreter=rng.random() < parameters["interpreting_share"],
        fault_at=fault_at,
        fault_code=fault_code,
    )


def _self_service(rng: Random, agency: str, span: Span, parameters: Parameters, effect: float) -> Session:
    started_at = span[0] + int(rng.random() * (span[1] - span[0] - 60))
    median, sigma = parameters["self_service_median_minutes"], parameters["self_service_sigma"]
    ended_at = min(started_at + max(45, int(60 * exp(rng.gauss(log(median), sigma)))), span[1])
    requested_at = arrived_at = comes_at = None
    if rng.random() < parameters["help_requested_share"]:
        requested_at = started_at + int((ended_at - started_at) * rng.uniform(0.1, 0.6))
        comes_at = requested_at + 5 + int(rng.expovariate(1 / parameters["help_mean_seconds"]))
        arrived_at = comes_at if comes_at < ended_at else None
    fault_at, fault_code = _fault(rng, "self_service", started_at, ended_at, parameters)
    return Session(
        kind="self_service",
        agency=agency,
        started_at=started_at,
        ended_at=ended_at,
        opinion=draw_rested_opinion(rng, effect, parameters),
        would_manage_alone=rng.random() < parameters["independent_share"],
        help_requested_at=requested_at,
        help_arrived_at=arrived_at,
        help_comes_at=comes_at,
        fault_at=fault_at,
        fault_code=fault_code,
    )


def _fault(
    rng: Random, kind: str, started_at: int, ended_at: int, parameters: Parameters
) -> tuple[int | None, str | None]:
    if rng.random() >= parameters["session_fault_share"]:
        return None, None
    return rng.randint(started_at, ended_at), rng.choice(FAULTS[kind])
