"""What the queue system of a point sends about a day: its tickets, or, where it only has a display, snapshots."""

from collections.abc import Iterator
from random import Random
from typing import Any

from ingest.simulator.customers import Ticket
from ingest.simulator.events import Event, Keys, new_event
from ingest.simulator.languages import language_of
from ingest.simulator.parameters import Parameters
from ingest.simulator.run import DayOfPoint
from ingest.simulator.world import World

SNAPSHOT_SECONDS = 1800


def queue_events(
    rng: Random, happened: DayOfPoint, keys: Keys, world: World, parameters: Parameters, start: int
) -> Iterator[Event]:
    """Every ticket from its issue to its end."""
    source = happened.point.queue_source or ""
    key_of = {id(ticket): key for ticket, key in zip(happened.tickets, keys.tickets, strict=True)}
    second_legs = {id(ticket.chained_from): ticket for ticket in happened.tickets if ticket.is_second_leg}
    for ticket in happened.tickets:
        root = ticket.chained_from if ticket.is_second_leg and ticket.chained_from else ticket
        key = {"ticket_key": key_of[id(root)]}
        if ticket.booking is not None:
            booking = {"booking_key": keys.bookings[ticket.agency, ticket.booking], "agency": ticket.agency}
            yield _event(rng, happened, source, start, "checked_in", ticket.checked_in_at, key | booking)
        for name, at, data in _steps(rng, ticket, second_legs.get(id(ticket)), parameters):
            yield _event(rng, happened, source, start, name, at, key | data)
        if ticket is root:
            issued = _issued(rng, ticket, happened, keys, key_of, world)
            yield _event(rng, happened, source, start, "ticket_issued", ticket.issued_at, key | issued)


def _event(
    rng: Random, happened: DayOfPoint, source: str, start: int, name: str, at: int, data: dict[str, Any]
) -> Event:
    return new_event(rng, f"queue.{name}", source, happened.point.service_point_id, start + at, data)


def _issued(
    rng: Random, ticket: Ticket, happened: DayOfPoint, keys: Keys, key_of: dict[int, str], world: World
) -> dict[str, Any]:
    services = world.services[ticket.agency]
    issued: dict[str, Any] = {
        "visit_key": keys.visits[ticket.visit],
        "queue_code": queue_code(ticket.agency, ticket.access),
        "agency": ticket.agency,
        "service_code": services[ticket.booking % len(services)]
        if ticket.booking is not None
        else rng.choice(services),
        "access": ticket.access,
        "purpose": ticket.purpose,
        "language": language_of(rng, happened.point),
    }
    if ticket.booking is not None:
        issued["booking_key"] = keys.bookings[ticket.agency, ticket.booking]
    if ticket.chained_from is not None:
        issued["chained_from"] = key_of[id(ticket.chained_from)]
    stop = happened.point.stop(happened.day)
    return issued | ({"stop_id": stop} if stop else {})


def _steps(
    rng: Random, ticket: Ticket, second_leg: Ticket | None, parameters: Parameters
) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """All that follows the issue: name, second of the day, payload without the key."""
    if ticket.left_at is not None:
        yield "abandoned", ticket.left_at, {}
    if ticket.called_at is None or ticket.ended_at is None:
        return
    desk = {"desk_id": f"{ticket.agency}-{ticket.desk}"}
    call = 2 if ticket.is_second_leg else 1
    yield "called", ticket.called_at, desk | {"call_no": call}
    if ticket.started_at is None:
        yield "recalled", (ticket.called_at + ticket.ended_at) // 2, desk | {"call_no": call + 1}
        yield "no_show", ticket.ended_at, {}
        return
    if rng.random() < parameters["recalled_share"]:
        yield "recalled", (ticket.called_at + ticket.started_at) // 2, desk | {"call_no": call + 1}
    mode = {"service_mode": "remote" if ticket.is_remote else "adviser" if ticket.agency == "kunta" else "face_to_face"}
    yield "service_started", ticket.started_at, desk | mode
    if ticket.hold is not None:
        yield "service_held", ticket.hold[0], desk
        yield "service_resumed", ticket.hold[1], desk | mode
    if second_leg is not None:
        moved = {"to_queue_code": queue_code(second_leg.agency, "walk_in"), "to_agency": second_leg.agency}
        yield "transferred", ticket.ended_at, moved | {"reason": "second_matter"}
    else:
        state = "referred" if ticket.next_agency else "completed"
        yield "service_ended", ticket.ended_at, desk | {"end_state": state}


def snapshots(rng: Random, happened: DayOfPoint, start: int) -> Iterator[Event]:
    """Every half hour of the opening hours, one event for each queue of the display."""
    point = happened.point
    span = point.opening(happened.day)
    assert span is not None, "a day without opening hours has no snapshots"
    by_agency: dict[str, list[Ticket]] = {}
    for ticket in happened.tickets:
        by_agency.setdefault(ticket.agency, []).append(ticket)
    for second in range(span[0] + 600, span[1], SNAPSHOT_SECONDS):
        for agency, tickets in sorted(by_agency.items()):
            waiting = sum(ticket.issued_at <= second < (ticket.called_at or ticket.left_at or 0) for ticket in tickets)
            serving = {t.desk for t in tickets if t.called_at and t.called_at <= second < (t.ended_at or 0)}
            called = [number for number, t in enumerate(tickets, 1) if t.called_at and t.called_at <= second]
            data: dict[str, Any] = {
                "agency": agency,
                "queue_code": queue_code(agency, "walk_in"),
                "waiting_count": waiting,
                "open_desk_count": max(1, len(serving)),
                "announced_wait_minutes": min(240, 5 * waiting),
            }
            if called:
                data["last_called"] = f"{agency[0].upper()}{max(called)}"
            source, subject = point.installed["display"], point.service_point_id
            yield new_event(rng, "queue.observed", source, subject, start + second, data, delay=rng.randint(1, 5))


def queue_code(agency: str, access: str) -> str:
    return f"{agency}_{access}"
