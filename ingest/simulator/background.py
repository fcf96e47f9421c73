"""What happens at a point on a day beside the queues: advice, incidents, and which times are free to be booked."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, log
from random import Random

from ingest.simulator.customers import Ticket, poisson
from ingest.simulator.parameters import Parameters
from ingest.simulator.world import Point, Span

MATTERS = {
    "kela": "benefits", "vero": "taxes", "poliisi": "passport", "dvv": "registers", "te": "job_seeking",
    "migri": "residence", "kunta": "municipal_services", "several": "wayfinding", "none": "form_filling",
}  # fmt: skip
GUIDANCE_SCORES = (2, 3, 4, 5), (5, 20, 50, 25)
INCIDENT_TYPES = (
    ("disturbance", "intoxication", "threat", "medical", "theft", "vandalism", "violence"), (40, 20, 14, 9, 8, 6, 3),
)  # fmt: skip
TECHNICAL_FAULT = "technical_fault"
SEVERITIES = ("minor", "moderate", "severe"), (65, 28, 7)
SIZES_WITH_BOOKING = ("L", "M")


@dataclass(frozen=True, slots=True)
class Contact:
    """One time that an adviser advised; *guidance_score* is what the adviser thinks of it, sent or not."""

    agency: str
    matter: str
    is_customer_initiated: bool
    is_logged: bool
    is_estimated: bool
    guidance_score: int
    at: int
    minutes: float


@dataclass(frozen=True, slots=True)
class Incident:
    """A disturbance at a second of the local day; *resolved_after* seconds, or never."""

    incident_type: str
    severity: str
    at: int
    resolved_after: int | None
    by_guards: bool
    by_staff: bool

    @property
    def is_technical(self) -> bool:
        """A fault of a device that the staff reported in the same way: no disturbance."""
        return self.incident_type == TECHNICAL_FAULT


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the free times of an agency; days ahead of the first and the third, None beyond the horizon."""

    agency: str
    at: int
    free_count: int
    offered_count: int
    first_days_ahead: int | None
    third_days_ahead: int | None


def draw_contacts(rng: Random, point: Point, tickets: list[Ticket], parameters: Parameters) -> list[Contact]:
    """Every customer of the general advice, and what their matter was."""
    if "advice" not in point.installed:
        return []
    agencies = [*point.agencies, "several", "none"]
    found = []
    for ticket in tickets:
        if ticket.agency == "kunta" and ticket.started_at is not None and ticket.ended_at is not None:
            agency = rng.choice(agencies)
            found.append(
                Contact(
                    agency=agency,
                    matter=MATTERS.get(agency, "wayfinding"),
                    is_customer_initiated=rng.random() < parameters["customer_initiated_share"],
                    is_logged=rng.random() < parameters["advice_logged_share"],
                    is_estimated=rng.random() < parameters["guidance_estimated_share"],
                    guidance_score=rng.choices(*GUIDANCE_SCORES)[0],
                    at=ticket.ended_at,
                    minutes=(ticket.ended_at - ticket.started_at) / 60,
                )
            )
    return found


def draw_incidents(
    rng: Random, point: Point, span: Span, tickets: list[Ticket], parameters: Parameters
) -> list[Incident]:
    stays = len({ticket.visit for ticket in tickets})
    median, sigma = parameters["incident_resolution_median_hours"], parameters["incident_resolution_sigma"]
    found = []
    for _ in range(poisson(rng, stays * parameters["incidents_per_1000_visits"] / 1000)):
        hours = exp(rng.gauss(log(median), sigma))
        by_guards = "guards" in point.installed and rng.random() < parameters["incident_guard_share"]
        is_resolved = rng.random() < parameters["incident_resolved_share"]
        found.append(
            Incident(
                incident_type=rng.choices(*INCIDENT_TYPES)[0],
                severity=rng.choices(*SEVERITIES)[0],
                at=rng.randint(*span),
                resolved_after=300 + int(hours * 3600) if is_resolved else None,
                by_guards=by_guards,
                by_staff=not by_guards or rng.random() < parameters["incident_staff_share"],
            )
        )
    for _ in range(poisson(rng, stays * parameters["technical_faults_per_1000_visits"] / 1000)):
        at, after = rng.randint(*span), rng.randint(3600, 86400)
        found.append(Incident(TECHNICAL_FAULT, "minor", at, after, by_guards=False, by_staff=True))
    return found


def draw_looks(rng: Random, point: Point, booking_sources: Mapping[str, str], parameters: Parameters) -> list[Look]:
    """Each morning one look per agency that takes bookings, at the larger points."""
    found = []
    for agency in point.agencies if point.size_class in SIZES_WITH_BOOKING else ():
        if agency not in booking_sources:
            continue
        offered = 60 + rng.randrange(60)
        free = min(offered, max(0, int(rng.gauss(12, 8))))
        first = 1 + int(rng.expovariate(1 / parameters["first_slot_mean_days"]))
        third = first + 1 + rng.randrange(3)
        found.append(
            Look(
                agency=agency,
                at=7 * 3600 + rng.randrange(60),
                free_count=free,
                offered_count=offered,
                first_days_ahead=first if free >= 1 else None,
                third_days_ahead=third if free >= 3 else None,
            )
        )
    return found
