"""From what happened at a point on a day to the events of its queue system, devices, agencies and survey."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from ingest.simulator.customers import Ticket
from ingest.simulator.events import (
    DAY_SECONDS,
    Event,
    answer_time,
    heartbeats,
    local_day_start,
    new_event,
    random_key,
)
from ingest.simulator.opinions import Opinion
from ingest.simulator.parameters import Parameters, Scenario
from ingest.simulator.run import DayOfPoint
from ingest.simulator.texts import text_of
from ingest.simulator.world import World

LANGUAGES = {"fi": (("fi", "sv", "en"), (90, 3, 7)), "sv": (("sv", "fi", "en"), (60, 33, 7))}


@dataclass(frozen=True, slots=True)
class Keys:
    """The references that systems gave on one day; tickets in the order of the day's tickets."""

    tickets: list[str]
    visits: dict[int, str]
    bookings: dict[tuple[str, int], str]


def draw_keys(rng: Random, happened: DayOfPoint) -> Keys:
    return Keys(
        tickets=[random_key(rng, "tkt") for _ in happened.tickets],
        visits={visit: random_key(rng, "vis") for visit in sorted({ticket.visit for ticket in happened.tickets})},
        bookings={(booking.agency, booking.number): random_key(rng, "bkg") for booking in happened.bookings},
    )


def day_events(
    rng: Random, happened: DayOfPoint, keys: Keys, world: World, parameters: Parameters, scenario: Scenario
) -> Iterator[Event]:
    """Everything that would be sent about one day of one point if nothing went wrong."""
    point, start = happened.point, local_day_start(happened.day, scenario.time_zone)
    span = point.opening(happened.day)
    assert span is not None, "a day without opening hours has no events"
    for source, kind in ((point.queue_source, "queue"), (point.feedback_source, "feedback")):
        if source is not None:
            yield from heartbeats(rng, source, point.service_point_id, kind, start, span)
    if point.queue_source is not None:
        yield from _queue_events(rng, happened, keys, start)
    yield from _booking_events(rng, happened, keys, world, scenario.time_zone, start)
    yield from _presses(rng, happened, parameters, scenario, start)
    yield from _sms_answers(rng, happened, world, parameters, start)
    first, last = world.wave_dates
    if first <= happened.day <= last and point.service_point_id in scenario.wave["service_point_ids"]:
        yield from _survey_forms(rng, happened, world, parameters, start)


def _queue_events(rng: Random, happened: DayOfPoint, keys: Keys, start: int) -> Iterator[Event]:
    point = happened.point
    source = point.queue_source or ""
    key_of = {id(ticket): key for ticket, key in zip(happened.tickets, keys.tickets, strict=True)}
    languages = LANGUAGES[point.language]
    for ticket in happened.tickets:
        key = key_of[id(ticket)]

        def event(name: str, at: int, key: str = key, **data: Any) -> Event:
            return new_event(
                rng, f"queue.{name}", source, point.service_point_id, start + at, {"ticket_key": key} | data
            )

        issued = {
            "visit_key": keys.visits[ticket.visit],
            "queue_code": f"{ticket.agency}_{ticket.access}",
            "agency": ticket.agency,
            "access": ticket.access,
            "purpose": ticket.purpose,
            "language": rng.choices(*languages)[0],
        }
        if ticket.booking is not None:
            issued["booking_key"] = keys.bookings[ticket.agency, ticket.booking]
        if ticket.chained_from is not None:
            issued["chained_from"] = key_of[id(ticket.chained_from)]
        yield event("ticket_issued", ticket.issued_at, **issued)
        if ticket.booking is not None:
            booking = {"booking_key": issued["booking_key"], "agency": ticket.agency}
            yield event("checked_in", ticket.checked_in_at, **booking)
        if ticket.left_at is not None:
            yield event("abandoned", ticket.left_at)
        if ticket.called_at is None or ticket.ended_at is None:
            continue
        desk = f"{ticket.agency}-{ticket.desk}"
        yield event("called", ticket.called_at, desk_id=desk, call_no=1)
        if ticket.started_at is None:
            yield event("no_show", ticket.ended_at)
        else:
            yield event("service_started", ticket.started_at, desk_id=desk, service_mode="face_to_face")
            end_state = "referred" if ticket.next_agency else "completed"
            yield event("service_ended", ticket.ended_at, desk_id=desk, end_state=end_state)


def _booking_events(
    rng: Random, happened: DayOfPoint, keys: Keys, world: World, time_zone: ZoneInfo, start: int
) -> Iterator[Event]:
    subject = happened.point.service_point_id
    for booking in happened.bookings:
        source = world.booking_sources[booking.agency]
        key = {"booking_key": keys.bookings[booking.agency, booking.number], "agency": booking.agency}
        slot_start = start + booking.slot_start
        created_at = slot_start - int(booking.days_ahead * DAY_SECONDS)
        slot = {
            "slot_start": _local(slot_start, time_zone),
            "slot_end": _local(slot_start + booking.slot_seconds, time_zone),
        }
        yield new_event(rng, "booking.created", source, subject, created_at, key | slot | {"made_by": "customer"})
        if booking.is_cancelled:
            cancelled_at = created_at + int((slot_start - created_at) * rng.uniform(0.2, 0.98))
            yield new_event(rng, "booking.cancelled", source, subject, cancelled_at, key)


def _presses(
    rng: Random, happened: DayOfPoint, parameters: Parameters, scenario: Scenario, start: int
) -> Iterator[Event]:
    point = happened.point
    if point.feedback_source is None:
        return
    scale = scenario.faces.get(point.service_point_id, "faces_5")
    for opinion, ended_at in _visits(happened):
        if rng.random() < parameters["press_share"]:
            data = {"mode": "device", "answers": [_answer("overall", scale, opinion.face)], "placement": "exit"}
            pressed_at = start + ended_at + rng.randint(20, 150)
            yield new_event(
                rng, "feedback.given", point.feedback_source, point.service_point_id, pressed_at,
                data | {"agency": "not_attributable"}, delay=rng.randint(1, 30),
            )  # fmt: skip


def _sms_answers(
    rng: Random, happened: DayOfPoint, world: World, parameters: Parameters, start: int
) -> Iterator[Event]:
    point = happened.point
    for ticket, opinion in zip(happened.tickets, happened.opinions, strict=True):
        source = world.sms_sources.get(ticket.agency)
        if source is None or ticket.started_at is None or ticket.purpose != "service":
            continue
        if rng.random() >= parameters["sms_answer_share"]:
            continue
        answers = [_answer("overall", "rating_5", opinion.rating)]
        if rng.random() < 0.9:
            answers.append(_answer("outcome", "outcome_3", opinion.outcome))
        language = rng.choices(*LANGUAGES[point.language])[0]
        data = {
            "mode": "sms",
            "answers": answers,
            "service_kind": "authority",
            "agency": ticket.agency,
            "language": language,
            "visited_on": happened.day.isoformat(),
        }
        if rng.random() < parameters["sms_text_share"]:
            data["text"] = text_of(rng, language, opinion.rating)
        yield new_event(
            rng, "feedback.given", source, point.service_point_id, answer_time(rng, start), data,
            delay=rng.randint(30, 900),
        )  # fmt: skip


def _survey_forms(
    rng: Random, happened: DayOfPoint, world: World, parameters: Parameters, start: int
) -> Iterator[Event]:
    for opinion, _ in _visits(happened):
        if rng.random() < parameters["survey_share"]:
            answers = [
                _answer("overall", "rating_5", opinion.rating),
                _answer("safety_physical", "rating_5", opinion.safety_physical),
                _answer("equal", "rating_5", opinion.equal),
            ]
            data = {"mode": "survey", "answers": answers, "wave_id": world.wave_id, "population": "customers"}
            yield new_event(
                rng, "feedback.given", world.survey_source, happened.point.service_point_id, start, data,
                delay=DAY_SECONDS + rng.randint(0, 5 * DAY_SECONDS), precision="day",
            )  # fmt: skip


def _visits(happened: DayOfPoint) -> Iterator[tuple[Opinion, int]]:
    """Every visit for a service: the opinion of its first ticket, and when the customer goes out, served or not."""
    first: dict[int, tuple[Ticket, Opinion]] = {}
    ended: dict[int, int] = {}
    for ticket, opinion in zip(happened.tickets, happened.opinions, strict=True):
        first.setdefault(ticket.visit, (ticket, opinion))
        ended[ticket.visit] = ticket.left_at or ticket.ended_at or ticket.issued_at
    for visit, (ticket, opinion) in first.items():
        if ticket.purpose == "service":
            yield opinion, ended[visit]


def _local(instant: int, time_zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(instant, time_zone).isoformat()


def _answer(question: str, scale: str, value: int | str) -> dict[str, Any]:
    return {"question_code": question, "question_version": 1, "scale_code": scale, "raw_value": value}
