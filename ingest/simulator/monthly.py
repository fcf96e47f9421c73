"""What agencies and the national team send once a month or once a wave: counts, findings, invitations."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import exp
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from infra.months import Month
from ingest.simulator.customers import poisson
from ingest.simulator.events import DAY_SECONDS, Event, new_event
from ingest.simulator.feedback_messages import answer, asked_by_sms
from ingest.simulator.opinions import TRUST_ITEMS, draw_trust
from ingest.simulator.parameters import Parameters, Scenario
from ingest.simulator.run import DayOfPoint
from ingest.simulator.texts import text_of
from ingest.simulator.world import World

OVERSEERS = ("parliamentary_ombudsman", "chancellor_of_justice")
THEMES = ("conduct", "delay", "language_rights", "advice", "accessibility")
STAFF_ITEMS = ("staff_safety_physical", "staff_safety_information")
STAFF_WEIGHTS = (2, 7, 18, 43, 30)
TOPICS = {
    "signs": "Opasteet ovat epäselvät, asiakkaat etsivät oikeaa jonoa.",
    "opening_hours": "Asiakkaat toivovat aukioloa myös iltaisin.",
    "queue_device": "Vuoronumerolaitteen valikko on vaikea ymmärtää.",
    "swedish_service": "Servicen på svenska är svår att få på eftermiddagarna.",
    "remote_connection": "Etäyhteys on katkennut useasti.",
}
DIGESTS_PER_MONTH, DIGEST_SIGMA = 8, 0.3


@dataclass(frozen=True, slots=True)
class Complaints:
    """What an agency knows of one overseer's month; one that sent no report is not a nil report."""

    agency: str
    overseer: str
    month: Month
    lodged: int
    statements: int
    is_reported: bool


@dataclass(frozen=True, slots=True)
class Invitations:
    service_point_id: str
    agency: str
    month: Month
    served: int
    invited: int
    answered: int


@dataclass(frozen=True, slots=True)
class StaffAnswers:
    agency: str
    item: str
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Monthly:
    """All of the months that belongs to no day of a point; *wider_sample* is each person's scores of TRUST_ITEMS."""

    complaints: list[Complaints]
    invitations: list[Invitations]
    staff_answers: list[StaffAnswers]
    wider_sample: list[tuple[int, ...]]


def draw_monthly(
    rng: Random,
    world: World,
    months: list[Month],
    happened: Iterable[DayOfPoint],
    events: Iterable[Event],
    parameters: Parameters,
    scenario: Scenario,
) -> Monthly:
    silent = {(row["agency"], row["period"]) for row in scenario.faults["unreported_complaints"]}
    complaints = [
        Complaints(
            agency=agency,
            overseer=overseer,
            month=month,
            lodged=poisson(rng, parameters["complaints_per_month"]),
            statements=poisson(rng, parameters["complaints_per_month"] / 2),
            is_reported=(agency, str(month)) not in silent,
        )
        for month in months
        for agency in sorted(world.booking_sources)
        for overseer in OVERSEERS
    ]
    staff_answers = []
    for agency in sorted(world.booking_sources):
        n = max(10, poisson(rng, parameters["staff_survey_answers"]))
        for item in STAFF_ITEMS:
            drawn = Counter(rng.choices(range(5), STAFF_WEIGHTS, k=n))
            staff_answers.append(StaffAnswers(agency, item, tuple(drawn[score] for score in range(5))))
    wider_sample = []
    if asks_wider_sample(world, months):
        persons = round(rng.gauss(parameters["wider_sample_answers"], parameters["wider_sample_answers"] ** 0.5))
        wider_sample = [draw_trust(rng, parameters) for _ in range(persons)]
    invitations = list(_invitations(rng, world, happened, events, parameters))
    return Monthly(complaints, invitations, staff_answers, wider_sample)


def asks_wider_sample(world: World, months: list[Month]) -> bool:
    wave = world.waves.get("wider")
    return wave is not None and months[0].first_day <= wave.starts_on < months[-1].next.first_day


def monthly_events(
    rng: Random, drawn: Monthly, world: World, months: list[Month], parameters: Parameters, scenario: Scenario
) -> Iterator[Event]:
    zone = scenario.time_zone
    for complaints in drawn.complaints:
        if complaints.is_reported:
            yield _sent(
                rng, "complaint.counted", complaints.agency, complaints.month, 4, zone, _complaint(rng, complaints)
            )
    for invited in drawn.invitations:
        data = {
            "mode": "sms", "agency": invited.agency, "count": invited.invited, "period": str(invited.month),
        }  # fmt: skip
        yield _sent(
            rng, "survey.invited", invited.agency, invited.month, 2, zone, data, invited.service_point_id, "sms"
        )
    for answers in drawn.staff_answers:
        yield _staff(rng, answers, world, zone)
    for scores in drawn.wider_sample:
        yield _of_wider_sample(rng, scores, world, zone)
    for month in months:
        yield from _observations(rng, world, month, parameters, zone)
        yield from _digests(rng, world, month, zone)


def _invitations(
    rng: Random, world: World, happened: Iterable[DayOfPoint], events: Iterable[Event], parameters: Parameters
) -> Iterator[Invitations]:
    """Who answered was invited; of the others of the agency's customers a share."""
    served: Counter[tuple[str, str, Month]] = Counter()
    for day in happened:
        month = Month(day.day.replace(day=1))
        for ticket, _ in asked_by_sms(day, world):
            served[day.point.service_point_id, ticket.agency, month] += 1
    answered: Counter[tuple[str, str, Month]] = Counter()
    for event in events:
        if event.event_type == "feedback.given" and event.data["mode"] == "sms":
            month = Month(date.fromisoformat(event.data["visited_on"]).replace(day=1))
            answered[event.subject, event.data["agency"], month] += 1
    rest = (parameters["sms_invited_share"] - parameters["sms_answer_share"]) / (1 - parameters["sms_answer_share"])
    for (point, agency, month), count in sorted(served.items(), key=str):
        told = answered[point, agency, month]
        others = sum(rng.random() < rest for _ in range(count - told))
        yield Invitations(point, agency, month, count, told + others, told)


def _complaint(rng: Random, complaints: Complaints) -> dict[str, Any]:
    themes = Counter(rng.choices(THEMES, k=complaints.lodged))
    return {
        "agency": complaints.agency,
        "overseer": complaints.overseer,
        "period": str(complaints.month),
        "lodged_count": complaints.lodged,
        "statement_count": complaints.statements,
        "themes": [{"theme": theme, "count": count} for theme, count in sorted(themes.items())],
    }


def _staff(rng: Random, answers: StaffAnswers, world: World, zone: ZoneInfo) -> Event:
    wave = world.waves["staff"]
    closed_at = int(datetime.combine(wave.ends_on, time(0), zone).timestamp())
    data = {
        "wave_id": wave.wave_id,
        "item_code": answers.item,
        "scale_code": "rating_5",
        "n": sum(answers.counts),
        "distribution": [{"raw_value": str(score), "count": count} for score, count in enumerate(answers.counts, 1)],
    }
    source = f"/agencies/{answers.agency}/staff_survey"
    delay = 5 * DAY_SECONDS + rng.randrange(DAY_SECONDS)
    return new_event(rng, "staff_survey.counted", source, "", closed_at, data, delay=delay, precision="day")


def _of_wider_sample(rng: Random, scores: tuple[int, ...], world: World, zone: ZoneInfo) -> Event:
    """What somebody answers who was asked in the whole country: about no service point."""
    wave = world.waves["wider"]
    answered_on = wave.starts_on + timedelta(days=rng.randrange((wave.ends_on - wave.starts_on).days + 1))
    answered_at = int(datetime.combine(answered_on, time(0), zone).timestamp())
    data = {
        "mode": "survey",
        "answers": [answer(item, "rating_5", score) for item, score in zip(TRUST_ITEMS, scores, strict=True)],
        "wave_id": wave.wave_id,
        "population": "wider_sample",
        "language": rng.choice(("fi", "fi", "fi", "fi", "sv", "en")),
    }
    delay = DAY_SECONDS + rng.randrange(DAY_SECONDS)
    return new_event(rng, "feedback.given", world.survey_source, "", answered_at, data, delay=delay, precision="day")


def _observations(rng: Random, world: World, month: Month, parameters: Parameters, zone: ZoneInfo) -> Iterator[Event]:
    present = {agency for point in world.points for agency in point.agencies}
    for agency in sorted(present & world.booking_sources.keys()):
        points = [point for point in world.points if agency in point.agencies]
        for _ in range(poisson(rng, parameters["observations_per_month"])):
            topic, point = rng.choice(sorted(TOPICS)), rng.choice(points)
            level = rng.choice(("service_point", "service_point", "region", "national"))
            data: dict[str, Any] = {
                "agency": agency,
                "period": str(month),
                "level": level,
                "topic": topic,
                "counts": [{"counted": "mentions", "count": rng.randint(2, 30)}],
                "summary": TOPICS[topic],
            }
            if level == "region":
                data["region_code"] = point.region_code
            subject = point.service_point_id if level == "service_point" else ""
            yield _sent(rng, "observation.raised", agency, month, 5, zone, data, subject, "observations")


def _digests(rng: Random, world: World, month: Month, zone: ZoneInfo) -> Iterator[Event]:
    """Posts in social media as the national team sums them up: what was said, never by whom."""
    for _ in range(max(1, int(DIGESTS_PER_MONTH * exp(rng.gauss(0, DIGEST_SIGMA))))):
        language, rating = rng.choice(("fi", "fi", "fi", "sv")), rng.choice((2, 5))
        data = {
            "mode": "social_digest",
            "answers": [],
            "agency": "not_attributable",
            "language": language,
            "text": text_of(rng, language, rating),
            "polarity": "positive" if rating >= 4 else "negative",
            "polarity_basis": "recorder",
        }
        posted_on = month.first_day + timedelta(days=rng.randrange(28))
        posted_at = int(datetime.combine(posted_on, time(0), zone).timestamp())
        delay = 2 * DAY_SECONDS + rng.randrange(DAY_SECONDS)
        yield new_event(rng, "feedback.given", world.digest_source, "", posted_at, data, delay=delay, precision="day")


def _sent(
    rng: Random,
    event_type: str,
    agency: str,
    month: Month,
    day: int,
    zone: ZoneInfo,
    data: dict[str, Any],
    subject: str = "",
    system: str = "complaints",
) -> Event:
    """Sent in office hours of a day of the month after the one it is about."""
    sent_on = month.next.first_day + timedelta(days=day - 1)
    sent_at = int(datetime.combine(sent_on, time(0), zone).timestamp())
    source, delay = f"/agencies/{agency}/{system}", rng.randint(9 * 3600, 16 * 3600)
    return new_event(rng, event_type, source, subject, sent_at, data, delay=delay, precision="day")
