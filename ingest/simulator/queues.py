"""The queues of one point on one day, event by event: arrivals, desks, patience, second matters.

A customer who leaves keeps an empty place in the line. The instant at which that place would have been called is the
call this customer would have had: up to then nothing differs from a day on which they stayed.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush

from ingest.simulator.customers import DayOfAgency, Ticket

ABSENT_SECONDS = 120  # a desk waits this long for a called customer
WALK_SECONDS = 60  # from one agency's desk to the next one's ticket

DrawNext = Callable[[str, Ticket, int], Ticket]
Step = tuple[int, int, str, "_Line", Ticket | int]


@dataclass(slots=True)
class _Line:
    day: DayOfAgency
    early_call: int
    idle: list[int] = field(default_factory=list)
    walk_ins: deque[Ticket] = field(default_factory=deque)
    booked: deque[Ticket] = field(default_factory=deque)

    def last_desk_leaves_at(self) -> int:
        opens, closes = self.day.span
        return opens + int((closes - opens) * self.day.plan.last_desk_share)

    def free_desk(self, now: int) -> int | None:
        """The lowest idle desk on duty. All but a planted early leaver, who is not alone, serve until nobody waits."""
        for desk in sorted(self.idle):
            is_last_of_several = self.day.desks > 1 and desk == self.day.plan.desks
            leaves_early = self.day.plan.last_desk_share < 1 and is_last_of_several
            if not (leaves_early and now >= self.last_desk_leaves_at()):
                self.idle.remove(desk)
                return desk
        return None


def run_day(agencies: list[DayOfAgency], early_call: int, draw_next: DrawNext) -> list[Ticket]:
    """Serve everybody; return all tickets in order of issue, with their fates.

    *draw_next* makes the ticket of a customer who goes on to another agency at an instant.
    """
    steps, lines = _first_steps(agencies, early_call)
    tickets: list[Ticket] = []
    number = len(steps)

    def schedule(at: int, kind: str, line: _Line, what: Ticket | int) -> None:
        nonlocal number
        heappush(steps, (at, number, kind, line, what))
        number += 1

    while steps:
        now, _, kind, line, what = heappop(steps)
        if isinstance(what, int):
            line.idle.append(what)
        elif kind == "leave":
            if what.called_at is None:
                what.left_at = now
            continue
        elif kind == "next":
            _go_on(what, now, lines, draw_next, schedule)
            continue
        else:
            if what.slot_start is None:
                line.walk_ins.append(what)
            else:
                line.booked.append(what)
            tickets.append(what)
            schedule(max(now, what.slot_start or 0) + what.patience, "leave", line, what)
        _call(line, now, schedule)
    return sorted(tickets, key=lambda ticket: ticket.issued_at)


def _first_steps(agencies: list[DayOfAgency], early_call: int) -> tuple[list[Step], dict[str, _Line]]:
    lines = {day.plan.agency: _Line(day, early_call) for day in agencies}
    steps: list[Step] = []
    for line in lines.values():
        opens = line.day.span[0]
        absent = line.day.plan.desks - line.day.desks
        # The desk that is missing is the first one, so that a planted early leaver still leaves early.
        desks = range(1 + absent, line.day.plan.desks + 1)
        for desk in desks:
            steps.append((opens, len(steps), "free", line, desk))
        for ticket in line.day.walk_ins:
            steps.append((ticket.issued_at, len(steps), "join", line, ticket))
        for ticket in line.day.booked:
            joins_at = max(ticket.checked_in_at, (ticket.slot_start or 0) - early_call)
            steps.append((joins_at, len(steps), "join", line, ticket))
    heapify(steps)
    return steps, lines


def _call(line: _Line, now: int, schedule: Callable[[int, str, _Line, Ticket | int], None]) -> None:
    """Call as long as a desk is free and somebody waits, booked customers first."""
    while line.booked or line.walk_ins:
        desk = line.free_desk(now)
        if desk is None:
            return
        ticket = (line.booked or line.walk_ins).popleft()
        ticket.would_be_called_at = now
        if ticket.left_at is not None:
            line.idle.append(desk)
            continue
        ticket.called_at, ticket.desk = now, desk
        work_after = 0 if ticket.is_absent else ticket.work_after
        if ticket.is_absent:
            ticket.ended_at = now + ABSENT_SECONDS
        else:
            ticket.started_at = now + 10 + ticket.duration % 30
            ticket.ended_at = ticket.started_at + ticket.duration
            if ticket.next_agency is not None:
                schedule(ticket.ended_at + WALK_SECONDS, "next", line, ticket)
        schedule(ticket.ended_at + work_after, "free", line, desk)


def _go_on(
    ticket: Ticket,
    now: int,
    lines: dict[str, _Line],
    draw_next: DrawNext,
    schedule: Callable[[int, str, _Line, Ticket | int], None],
) -> None:
    """Take a ticket for the second matter, unless that agency has closed."""
    line = lines.get(ticket.next_agency or "")
    if line is not None and line.day.span[0] <= now < line.day.span[1]:
        schedule(now, "join", line, draw_next(ticket.next_agency or "", ticket, now))
