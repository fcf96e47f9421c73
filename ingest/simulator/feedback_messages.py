"""What customers answer on a device, by SMS, on paper, on the web, in surveys and interviews, or tell the staff."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from ingest.simulator.customers import Ticket
from ingest.simulator.events import DAY_SECONDS, Event, answer_time, new_event
from ingest.simulator.languages import language_of
from ingest.simulator.opinions import WAVE_ITEMS, Opinion, WaveAnswers
from ingest.simulator.parameters import Parameters, Scenario
from ingest.simulator.run import DayOfPoint
from ingest.simulator.texts import has_texts, text_of
from ingest.simulator.world import World

NO_AGENCY = {"agency": "not_attributable"}
FORM_VERSION = "2026-1"


def presses(
    rng: Random, happened: DayOfPoint, parameters: Parameters, scenario: Scenario, start: int
) -> Iterator[Event]:
    point = happened.point
    if point.feedback_source is None:
        return
    scale = scenario.faces.get(point.service_point_id, "faces_5")
    precision = "hour" if point.feedback_source in scenario.faults["hour_precision"] else "second"
    for opinion, ended_at in visits(happened):
        if rng.random() < parameters["press_share"]:
            data = {"mode": "device", "answers": [answer("overall", scale, opinion.face)], "placement": "exit"}
            pressed_at = start + ended_at + rng.randint(20, 150)
            delay = rng.randint(1, 30)
            if precision == "hour":
                pressed_at, delay = pressed_at - pressed_at % 3600, pressed_at % 3600 + delay
            yield new_event(
                rng, "feedback.given", point.feedback_source, point.service_point_id, pressed_at,
                data | NO_AGENCY, delay=delay, precision=precision,
            )  # fmt: skip


def sms_answers(rng: Random, happened: DayOfPoint, world: World, parameters: Parameters, start: int) -> Iterator[Event]:
    point = happened.point
    for ticket, opinion in asked_by_sms(happened, world):
        fate = rng.random()
        if fate >= parameters["sms_answer_share"]:
            if fate >= 1 - parameters["sms_stop_share"]:
                stopped = {"mode": "sms", "agency": ticket.agency}
                source, at = world.sms_sources[ticket.agency], answer_time(rng, start)
                yield new_event(rng, "survey.stopped", source, point.service_point_id, at, stopped)
            continue
        answers = [answer("overall", "rating_5", opinion.rating)]
        if rng.random() < 0.9:
            answers.append(answer("outcome", "outcome_3", opinion.outcome))
        data = {
            "mode": "sms",
            "answers": answers,
            "service_kind": "authority",
            "agency": ticket.agency,
            "language": language_of(rng, point),
            "visited_on": happened.day.isoformat(),
        } | _text(rng, language_of(rng, point), opinion, parameters["sms_text_share"])
        yield new_event(
            rng, "feedback.given", world.sms_sources[ticket.agency], point.service_point_id, answer_time(rng, start),
            data, delay=rng.randint(30, 900),
        )  # fmt: skip


def asked_by_sms(happened: DayOfPoint, world: World) -> Iterator[tuple[Ticket, Opinion]]:
    """The served customers of the agencies that send questions."""
    for ticket, opinion in zip(happened.tickets, happened.opinions, strict=True):
        if ticket.agency in world.sms_sources and ticket.started_at is not None and ticket.purpose == "service":
            yield ticket, opinion


def survey_forms(
    rng: Random, happened: DayOfPoint, world: World, parameters: Parameters, start: int
) -> Iterator[Event]:
    for opinion, wave_answers in _asked_in_wave(happened):
        if rng.random() < parameters["survey_share"]:
            data = {
                "mode": "survey",
                "answers": _wave_form(opinion, wave_answers),
                "wave_id": world.waves["customer"].wave_id,
                "population": "customers",
                "language": wave_answers.language,
            }
            yield new_event(
                rng, "feedback.given", world.survey_source, happened.point.service_point_id, start, data,
                delay=DAY_SECONDS + rng.randint(0, 5 * DAY_SECONDS), precision="day",
            )  # fmt: skip


def interviews(rng: Random, happened: DayOfPoint, world: World, parameters: Parameters, start: int) -> Iterator[Event]:
    point, wave = happened.point, world.waves["interviews"]
    if "interview" not in point.installed or not wave.has(happened.day):
        return
    for opinion, wave_answers in _asked_in_wave(happened):
        if rng.random() < parameters["interview_share"]:
            who = {"wave_id": wave.wave_id, "population": "customers", "language": wave_answers.language}
            data = {"mode": "interview", "answers": _wave_form(opinion, wave_answers)} | who
            yield new_event(
                rng, "feedback.given", point.installed["interview"], point.service_point_id, start, data,
                delay=rng.randint(2 * DAY_SECONDS, 3 * DAY_SECONDS), precision="day",
            )  # fmt: skip


def paper_forms(rng: Random, happened: DayOfPoint, parameters: Parameters, start: int) -> Iterator[Event]:
    """Keyed on the Friday of the week; one form in five does not say when the visit was."""
    point = happened.point
    if "paper" not in point.installed:
        return
    keyed_on = happened.day + timedelta(days=(4 - happened.day.weekday()) % 7)
    keyed_at = start + (keyed_on - happened.day).days * DAY_SECONDS + 15 * 3600
    for opinion, _ in visits(happened):
        if rng.random() < parameters["paper_share"]:
            data = {
                "mode": "paper",
                "answers": _form_answers(opinion),
                "keyed_on": keyed_on.isoformat(),
                "form_version": FORM_VERSION,
            }
            yield new_event(
                rng, "feedback.given", point.installed["paper"], point.service_point_id, start,
                data | NO_AGENCY | _dated(rng, happened.day) | _text(rng, language_of(rng, point), opinion, 0.3),
                delay=keyed_at - start + rng.randint(0, 3600), precision="day",
            )  # fmt: skip


def web_answers(rng: Random, happened: DayOfPoint, world: World, parameters: Parameters, start: int) -> Iterator[Event]:
    point = happened.point
    for opinion, _ in visits(happened):
        if rng.random() < parameters["web_share"]:
            data: dict[str, Any] = {"mode": "web", "answers": _form_answers(opinion)}
            yield new_event(
                rng, "feedback.given", world.web_source, point.service_point_id, answer_time(rng, start),
                data | NO_AGENCY | _dated(rng, happened.day) | _text(rng, language_of(rng, point), opinion, 0.6),
            )  # fmt: skip


def told(rng: Random, happened: DayOfPoint, parameters: Parameters, start: int) -> Iterator[Event]:
    """Feedback told to the staff: no rating, but what it was about and whether it was praise."""
    point = happened.point
    if "oral" not in point.installed:
        return
    for opinion, ended_at in visits(happened):
        if rng.random() < parameters["oral_share"]:
            polarity = "positive" if opinion.rating >= 4 else "negative"
            data: dict[str, Any] = {"mode": "oral", "answers": [], "polarity": polarity, "polarity_basis": "recorder"}
            yield new_event(
                rng, "feedback.given", point.installed["oral"], point.service_point_id, start + ended_at,
                data | NO_AGENCY | _text(rng, language_of(rng, point), opinion, 1), delay=rng.randint(600, 7200),
                precision="minute",
            )  # fmt: skip


def visits(happened: DayOfPoint) -> Iterator[tuple[Opinion, int]]:
    """Every visit for a service: the opinion of its first ticket, and when the customer goes out, served or not."""
    ended: dict[int, int] = {}
    for ticket in happened.tickets:
        ended[ticket.visit] = ticket.left_at or ticket.ended_at or ticket.issued_at
    for visit, opinion in _opinions_of_visits(happened):
        yield opinion, ended[visit]


def _opinions_of_visits(happened: DayOfPoint) -> Iterator[tuple[int, Opinion]]:
    seen = set()
    for ticket, opinion in zip(happened.tickets, happened.opinions, strict=True):
        if ticket.visit not in seen and ticket.purpose == "service":
            yield ticket.visit, opinion
        seen.add(ticket.visit)


def _asked_in_wave(happened: DayOfPoint) -> Iterator[tuple[Opinion, WaveAnswers]]:
    for visit, opinion in _opinions_of_visits(happened):
        yield opinion, happened.wave_answers[visit]


def answer(question: str, scale: str, value: int | str) -> dict[str, Any]:
    return {"question_code": question, "question_version": 1, "scale_code": scale, "raw_value": value}


def _wave_form(opinion: Opinion, wave_answers: WaveAnswers) -> list[dict[str, Any]]:
    received = "yes" if wave_answers.is_language_received else "no"
    return [
        *_rated(opinion),
        *(answer(item, "rating_5", score) for item, score in zip(WAVE_ITEMS, wave_answers.scores, strict=True)),
        answer("language_received", "yes_no", received),
    ]


def _form_answers(opinion: Opinion) -> list[dict[str, Any]]:
    return [*_rated(opinion), answer("outcome", "outcome_3", opinion.outcome)]


def _rated(opinion: Opinion) -> list[dict[str, Any]]:
    return [
        answer("overall", "rating_5", opinion.rating),
        answer("safety_physical", "rating_5", opinion.safety_physical),
        answer("equal", "rating_5", opinion.equal),
    ]


def _dated(rng: Random, day: date) -> dict[str, Any]:
    return {"visited_on": day.isoformat()} if rng.random() < 0.8 else {}


def _text(rng: Random, language: str, opinion: Opinion, share: float) -> dict[str, Any]:
    """The language of the answer and, in some, a text."""
    told_text = {"text": text_of(rng, language, opinion.rating)} if has_texts(language) and rng.random() < share else {}
    return {"language": language} | told_text
