"""The queues of a simulated day."""

from copy import deepcopy
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.simulator.customers import DayOfAgency, Ticket
from ingest.simulator.parameters import AgencyProfile
from ingest.simulator.plans import QueuePlan
from ingest.simulator.queues import run_day

OPENS, CLOSES, EARLY_CALL = 9 * 3600, 12 * 3600, 300
FOR_EVER = 10**7


@st.composite
def days(draw):
    tickets = draw(st.lists(tickets_drawn(), min_size=1, max_size=40))
    for number, ticket in enumerate(tickets):
        ticket.visit = number
    return day(tickets, desks=draw(st.integers(1, 3)), last_desk_share=draw(st.sampled_from([0.3, 1.0])))


@st.composite
def tickets_drawn(draw):
    slot_start = draw(st.none() | st.integers(OPENS, CLOSES - 600))
    return ticket(
        draw(st.integers(OPENS, CLOSES - 1)),
        duration=draw(st.integers(20, 2400)),
        patience=draw(st.integers(1, 3600)),
        slot_start=slot_start,
        is_absent=draw(st.booleans()),
    )


@given(days())
@settings(max_examples=60, deadline=None)
def test_no_desk_serves_two_and_nobody_is_called_early_or_before_those_in_front(drawn):
    served = run_day([drawn], EARLY_CALL, no_next)

    called = [ticket for ticket in served if ticket.called_at is not None]
    by_desk = sorted((ticket.desk, ticket.called_at, ticket.ended_at + work_after(ticket)) for ticket in called)
    walk_ins = [ticket for ticket in called if ticket.slot_start is None]
    assert all(a[0] != b[0] or a[2] <= b[1] for a, b in pairwise(by_desk))
    assert all(ticket.called_at >= max(ticket.issued_at, (ticket.slot_start or 0) - EARLY_CALL) for ticket in called)
    assert [t.visit for t in sorted(walk_ins, key=issue)] == [t.visit for t in sorted(walk_ins, key=call)]
    assert all((ticket.called_at is None) == (ticket.left_at is not None) for ticket in served)
    assert len(served) == len(drawn.walk_ins) + len(drawn.booked)


@given(days(), st.integers(0, 39))
@settings(max_examples=60, deadline=None)
def test_the_would_be_call_of_one_who_left_is_the_call_they_get_on_the_same_day_with_patience(drawn, pick):
    again = deepcopy(drawn)
    served = run_day([drawn], EARLY_CALL, no_next)
    visit = served[pick % len(served)].visit
    patient = next(ticket for ticket in (*again.walk_ins, *again.booked) if ticket.visit == visit)
    patient.patience = FOR_EVER

    stayed = run_day([again], EARLY_CALL, no_next)

    would_be = next(ticket.would_be_called_at for ticket in served if ticket.visit == visit)
    assert next(ticket.called_at for ticket in stayed if ticket.visit == visit) == would_be


def test_the_last_desk_of_a_planted_change_closes_early():
    busy = [ticket(OPENS + number * 60, duration=600) for number in range(100)]

    served = run_day([day(busy, desks=2, last_desk_share=0.5)], EARLY_CALL, no_next)

    last = {desk: max(ticket.called_at for ticket in served if ticket.desk == desk) for desk in (1, 2)}
    assert last[2] < OPENS + (CLOSES - OPENS) / 2 < CLOSES < last[1]


def test_a_desk_that_is_alone_on_a_day_serves_until_nobody_waits():
    busy = [ticket(OPENS + number * 60, duration=600) for number in range(100)]

    served = run_day([day(busy, desks=1, planned_desks=2, last_desk_share=0.5)], EARLY_CALL, no_next)

    assert all(ticket.called_at is not None for ticket in served)


def test_a_customer_with_a_second_matter_gets_a_second_ticket_after_the_first_service():
    first = ticket(OPENS, duration=300)
    first.next_agency = "vero"
    made = []

    def draw_next(agency, before, now):
        made.append((agency, before, now))
        return ticket(now, agency=agency)

    served = run_day([day([first]), day([], agency="vero")], EARLY_CALL, draw_next)

    assert made == [("vero", first, first.ended_at + 60)]
    assert [ticket.agency for ticket in served] == ["kela", "vero"]


def ticket(issued_at, *, duration=600, patience=FOR_EVER, slot_start=None, is_absent=False, agency="kela"):
    return Ticket(
        visit=0,
        agency=agency,
        access="walk_in" if slot_start is None else "booked",
        purpose="service",
        issued_at=issued_at,
        patience=patience,
        duration=duration,
        work_after=duration // 4,
        is_absent=is_absent,
        slot_start=slot_start,
    )


def day(tickets, *, desks=1, planned_desks=None, last_desk_share=1.0, agency="kela"):
    profile = AgencyProfile(1, 0.5, {}, {}, ((300, 900, 1.0),), 0.8, 900)
    planned = planned_desks or desks
    plan = QueuePlan(agency, profile, planned, last_desk_share if planned > 1 else 1.0, 1, 1, 1, 1)
    walk_ins = sorted((ticket for ticket in tickets if ticket.slot_start is None), key=issue)
    booked = [ticket for ticket in tickets if ticket.slot_start is not None]
    return DayOfAgency(plan, (OPENS, CLOSES), desks, 1.0, walk_ins, booked)


def issue(ticket):
    return ticket.issued_at, ticket.visit


def call(ticket):
    return ticket.called_at, ticket.issued_at, ticket.visit


def work_after(ticket):
    return 0 if ticket.is_absent else ticket.work_after


def no_next(*_):
    raise AssertionError("nobody here has a second matter")
