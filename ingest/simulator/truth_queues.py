"""Truth of queues, visits and bookings: what became of each customer, and how long they would have waited."""

from collections import Counter
from typing import NamedTuple

from ingest.simulator.customers import Ticket
from ingest.simulator.run import DayOfPoint
from ingest.simulator.truth_sums import Found, Sums

TARGET_SECONDS = 900
ON_TIME_SECONDS = 300
LATE_ARRIVAL_SECONDS = 600
ANNOUNCED_MINUTES_PER_CUSTOMER = 5

QUEUE, BOOKING = "queue_system", "booking_system"


class _Adder(NamedTuple):
    found: Found
    period: str
    place: str

    def of(self, agency: str, metric: str, mode: str = QUEUE) -> Sums:
        return self.found[self.period, self.place, agency, metric, mode]


def count_queues(happened: DayOfPoint, found: Found) -> None:
    point = happened.point
    if point.queue_source is None:
        if "display" in point.installed:
            _count_snapshots(happened, found)
        return
    adder = _Adder(found, f"{happened.day:%Y-%m}-01", point.service_point_id)
    second_legs = {id(ticket.chained_from): ticket for ticket in happened.tickets if ticket.is_second_leg}
    stays: dict[int, list[Ticket]] = {}
    for ticket in happened.tickets:
        if ticket.purpose != "service":
            continue
        stays.setdefault(ticket.visit, []).append(ticket)
        _count_minutes(adder, ticket)
        if not ticket.is_second_leg:
            _count_ticket(adder, ticket, second_legs.get(id(ticket)))
    for tickets in stays.values():
        _count_visit(adder, tickets)
    _count_bookings(adder, happened)


def _count_ticket(adder: _Adder, ticket: Ticket, second_leg: Ticket | None) -> None:
    agency, is_served = ticket.agency, ticket.started_at is not None
    adder.of(agency, "abandonment_rate").add(ticket.left_at is not None)
    if ticket.slot_start is None:
        adder.of(agency, "called_absent_rate").add(ticket.called_at is not None and not is_served)
    adder.of(agency, "booked_share").add(ticket.slot_start is not None)
    adder.of(agency, "service_events").add(1)
    adder.of(agency, "transactions").add(is_served)
    if is_served:
        seconds = _served_seconds(ticket) + (_served_seconds(second_leg) if second_leg is not None else 0)
        adder.of(agency, "service_time_median").add_seconds(seconds)
    if ticket.slot_start is not None:
        adder.of(agency, "booked_wait_median", BOOKING).add_seconds(ticket.would_be_wait)
        if ticket.checked_in_at <= ticket.slot_start + LATE_ARRIVAL_SECONDS:
            is_on_time = ticket.called_at is not None and ticket.called_at <= ticket.slot_start + ON_TIME_SECONDS
            adder.of(agency, "booked_on_time_share", BOOKING).add(is_on_time)
        return
    wait = None if ticket.called_at is None else ticket.called_at - ticket.issued_at
    adder.of(agency, "queue_time_within_target_share").add(wait is not None and wait <= TARGET_SECONDS)
    adder.of(agency, "queue_time_median").add_seconds(ticket.would_be_wait)
    adder.of(agency, "queue_time_p90").add_seconds(ticket.would_be_wait)
    if wait is not None:
        adder.of(agency, "queue_time_called_median").add_seconds(wait)
        adder.of(agency, "walk_in_wait_mean").add(wait / 60)
    if wait:
        adder.of(agency, "wait_of_those_who_waited_mean").add(wait / 60)


def _count_minutes(adder: _Adder, ticket: Ticket) -> None:
    """Each leg's minutes are of the agency that it waited for and was served by."""
    waited = _waited_seconds(ticket)
    if waited is not None:
        adder.of(ticket.agency, "waiting_minutes").add(waited / 60)
    if ticket.started_at is not None and ticket.ended_at is not None:
        adder.of(ticket.agency, "desk_minutes").add((ticket.ended_at - ticket.started_at) / 60)


def _count_visit(adder: _Adder, tickets: list[Ticket]) -> None:
    """A visit is its first ticket's agency's; who left waited until then."""
    agency, first = tickets[0].agency, tickets[0]
    adder.of(agency, "visits").add(1)
    adder.of(agency, "multi_agency_visit_share").add(len({ticket.agency for ticket in tickets}) > 1)
    waits = [(ticket.is_second_leg, _waited_seconds(ticket)) for ticket in tickets]
    first_wait = _waited_seconds(first)
    if first_wait is not None:
        adder.of(agency, "first_wait_mean").add(first_wait / 60)
    known = [(is_second_leg, seconds) for is_second_leg, seconds in waits if seconds is not None]
    if len(known) == len(tickets):
        repeated = sum(seconds for is_second_leg, seconds in known if is_second_leg)
        adder.of(agency, "repeat_wait_mean").add(repeated / 60)
        adder.of(agency, "total_wait_mean").add(sum(seconds for _, seconds in known) / 60)


def _count_bookings(adder: _Adder, happened: DayOfPoint) -> None:
    """Bookings whose slot is on the day and that were not cancelled."""
    came = {(t.agency, t.booking): t for t in happened.tickets if t.booking is not None}
    for booking in happened.bookings:
        if booking.is_cancelled:
            continue
        ticket = came.get((booking.agency, booking.number))
        is_served = ticket is not None and ticket.started_at is not None
        adder.of(booking.agency, "no_show_rate", BOOKING).add(ticket is None)
        adder.of(booking.agency, "bookings_due", BOOKING).add(1)
        adder.of(booking.agency, "bookings_came", BOOKING).add(ticket is not None)
        adder.of(booking.agency, "bookings_served", BOOKING).add(is_served)


def _count_snapshots(happened: DayOfPoint, found: Found) -> None:
    """How many wait at a mean instant of the opening hours, per queue of the day."""
    span = happened.point.opening(happened.day)
    assert span is not None, "only opening days are run"
    adder = _Adder(found, f"{happened.day:%Y-%m}-01", happened.point.service_point_id)
    waiting: Counter[str] = Counter({ticket.agency: 0 for ticket in happened.tickets})
    for ticket in happened.tickets:
        until = ticket.called_at if ticket.called_at is not None else ticket.left_at
        if until is not None:
            waiting[ticket.agency] += max(0, min(until, span[1]) - max(ticket.issued_at, span[0]))
    for agency, seconds in waiting.items():
        adder.of(agency, "people_waiting_mean").add(seconds, span[1] - span[0])
        announced = ANNOUNCED_MINUTES_PER_CUSTOMER * seconds
        adder.of(agency, "announced_wait_mean").add(announced, span[1] - span[0])


def _waited_seconds(ticket: Ticket) -> int | None:
    """From coming, or from being sent on, to the call or to leaving; None without either."""
    until = ticket.called_at if ticket.called_at is not None else ticket.left_at
    sent_on_at = ticket.chained_from.ended_at if ticket.is_second_leg and ticket.chained_from is not None else None
    return None if until is None else until - (ticket.issued_at if sent_on_at is None else sent_on_at)


def _served_seconds(ticket: Ticket) -> int:
    if ticket.started_at is None or ticket.ended_at is None:
        return 0
    held = ticket.hold
    return ticket.ended_at - ticket.started_at - (held[1] - held[0] if held else 0)
