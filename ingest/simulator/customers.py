"""The customers of one agency on one day: when they come, what they booked, how long they would wait."""

from dataclasses import dataclass, field
from datetime import date
from math import exp, log
from random import Random

from ingest.simulator.parameters import Parameters
from ingest.simulator.plans import QueuePlan, arrival_spans
from ingest.simulator.world import Span

HELD_FROM, HELD_UNTIL, SHORTEST_HELD = 0.3, 0.6, 240  # shares of the service, and seconds of it
CHECK_IN_SECONDS = 4  # between taking the ticket and the note of having arrived


@dataclass(slots=True)
class Ticket:
    """One service event of one customer; seconds since local midnight. The queue fills in what becomes of it.

    *is_transfer* says that its customer takes it along to the next agency; what they then have is its second leg.
    *is_held*: a part of a service that is long enough is a time on hold.
    """

    visit: int
    agency: str
    access: str
    purpose: str
    issued_at: int
    patience: int
    duration: int
    work_after: int
    is_absent: bool
    slot_start: int | None = None
    booking: int | None = None
    chained_from: "Ticket | None" = None
    next_agency: str | None = None
    is_transfer: bool = False
    is_second_leg: bool = False
    is_remote: bool = False
    is_held: bool = False
    called_at: int | None = None
    desk: int | None = None
    started_at: int | None = None
    ended_at: int | None = None
    left_at: int | None = None
    would_be_called_at: int = -1

    @property
    def checked_in_at(self) -> int:
        return self.issued_at + CHECK_IN_SECONDS

    @property
    def hold(self) -> tuple[int, int] | None:
        """From when to when the service is on hold."""
        if not self.is_held or self.started_at is None or self.ended_at is None:
            return None
        length = self.ended_at - self.started_at
        if length < SHORTEST_HELD:
            return None
        return self.started_at + int(length * HELD_FROM), self.started_at + int(length * HELD_UNTIL)

    @property
    def would_be_wait(self) -> int:
        """Seconds this customer would have waited had they stayed; for booked customers from the slot on."""
        if self.slot_start is None:
            return self.would_be_called_at - self.issued_at
        return max(0, self.would_be_called_at - max(self.checked_in_at, self.slot_start))


@dataclass(frozen=True, slots=True)
class Booking:
    number: int
    agency: str
    slot_start: int
    slot_seconds: int
    days_ahead: float
    is_cancelled: bool


@dataclass(slots=True)
class DayOfAgency:
    """What one agency's day at a point begins with."""

    plan: QueuePlan
    span: Span
    desks: int
    duration_factor: float
    walk_ins: list[Ticket] = field(default_factory=list)
    booked: list[Ticket] = field(default_factory=list)
    bookings: list[Booking] = field(default_factory=list)


def draw_day(
    rng: Random, plan: QueuePlan, span: Span, day: date, arrival_factor: float, parameters: Parameters, first_visit: int
) -> DayOfAgency:
    """Draw who comes; *arrival_factor* is the point's day, common to its agencies. Visits are numbered onwards."""
    lacks_desk = plan.desks > 1 and rng.random() < parameters["absent_desk_share"]
    drawn = DayOfAgency(
        plan=plan,
        span=span,
        desks=plan.desks - lacks_desk,
        duration_factor=exp(rng.gauss(0, parameters["duration_day_sigma"])),
    )
    visit = first_visit
    for start, end, share in arrival_spans(plan.profile, day.isoweekday(), span):
        expected = plan.weekly_walk_ins * share / plan.weekly_arrival_weight * arrival_factor
        for _ in range(poisson(rng, expected)):
            ticket = draw_ticket(rng, drawn, visit, start + int(rng.random() * (end - start)), parameters)
            if rng.random() < parameters["booking_only_share"]:
                ticket.purpose = "booking_only"
            drawn.walk_ins.append(ticket)
            visit += 1
    _draw_bookings(rng, drawn, visit, parameters)
    return drawn


def draw_ticket(rng: Random, drawn: DayOfAgency, visit: int, issued_at: int, parameters: Parameters) -> Ticket:
    """A walk-in customer of the agency at an instant."""
    duration = _duration(rng, drawn)
    return Ticket(
        visit=visit,
        agency=drawn.plan.agency,
        access="walk_in",
        purpose="service",
        issued_at=issued_at,
        patience=int(60 * exp(rng.gauss(log(parameters["patience_median_minutes"]), parameters["patience_sigma"]))),
        duration=duration,
        work_after=int(duration * (1 / drawn.plan.profile.service_moment_share - 1)),
        is_absent=rng.random() < parameters["absent_at_call_share"],
    )


def poisson(rng: Random, mean: float) -> int:
    """Knuth's product method: means here are small."""
    limit, product, count = exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        count += 1
    return count


def _draw_bookings(rng: Random, drawn: DayOfAgency, first_visit: int, parameters: Parameters) -> None:
    plan, (opens, closes) = drawn.plan, drawn.span
    length = plan.profile.slot_seconds
    free = [opens + number * length for number in range((closes - opens) // length)] * plan.desks
    expected = plan.weekly_booked * (closes - opens) / plan.weekly_open_seconds
    coming = 1 - parameters["cancelled_share"] - parameters["no_show_share"]
    rng.shuffle(free)
    for slot_start in free[: poisson(rng, expected / coming)]:
        fate = rng.random()
        booking = Booking(
            number=len(drawn.bookings),
            agency=plan.agency,
            slot_start=slot_start,
            slot_seconds=length,
            days_ahead=1 + rng.expovariate(1 / 8),
            is_cancelled=fate < parameters["cancelled_share"],
        )
        drawn.bookings.append(booking)
        if fate > 1 - coming:
            shift = rng.gauss(parameters["check_in_mean_minutes"], parameters["check_in_sigma_minutes"]) * 60
            arrival = min(max(int(slot_start + shift), opens), closes - 60)
            ticket = draw_ticket(rng, drawn, first_visit + booking.number, arrival, parameters)
            ticket.access, ticket.slot_start, ticket.booking = "booked", slot_start, booking.number
            drawn.booked.append(ticket)


def _duration(rng: Random, drawn: DayOfAgency) -> int:
    classes = drawn.plan.profile.durations
    low, high, _ = rng.choices(classes, [weight for _, _, weight in classes])[0]
    return max(20, int((low + rng.random() * (high - low)) * drawn.duration_factor))
