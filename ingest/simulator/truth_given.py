"""Truth of how much is sent: presses, invitations, open feedback, and what agencies count of themselves.

What happened is counted from the messages before anything went wrong with them; what was to be expected follows from
the customers and the shares of them that answer.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from math import exp
from random import Random
from zoneinfo import ZoneInfo

from infra.months import Month
from ingest.simulator.events import Event, Fault
from ingest.simulator.feedback_messages import asked_by_sms, visits
from ingest.simulator.languages import share_of_languages
from ingest.simulator.monthly import (
    DIGEST_SIGMA,
    DIGESTS_PER_MONTH,
    OVERSEERS,
    STAFF_ITEMS,
    STAFF_WEIGHTS,
    Monthly,
    asks_wider_sample,
)
from ingest.simulator.opinions import TRUST_ITEMS, draw_trust
from ingest.simulator.parameters import Parameters
from ingest.simulator.run import DayOfPoint
from ingest.simulator.texts import has_texts
from ingest.simulator.truth_sums import Found, Leaf, Sums
from ingest.simulator.world import World

TEXT_SHARES = {"paper": 0.3, "web": 0.6}
POLARITIES = ("positive", "negative", "unclassified")
EXPECTED_OF_PERSONS = 5000
WIDER_SAMPLE = "survey_wider_sample"
COMPLAINTS, STAFF = "complaint", "staff_survey"


def expect_given(happened: DayOfPoint, world: World, parameters: Parameters, found: Found) -> None:
    """Add the answers and texts that are to be expected of the customers of a day."""
    point, period = happened.point, f"{happened.day:%Y-%m}-01"

    def of(metric: str, mode: str, agency: str = "") -> Sums:
        return found[period, point.service_point_id, agency, metric, mode]

    writing = share_of_languages(point, has_texts)
    stays = list(visits(happened))
    for mode, share in (("paper", "paper_share"), ("web", "web_share")):
        if mode == "web" or mode in point.installed:
            count = len(stays) * parameters[share] * TEXT_SHARES[mode] * writing
            _count_open_feedback(found, (period, point.service_point_id, "", mode), unclassified=count)
    if "oral" in point.installed:
        happy = sum(opinion.rating >= 4 for opinion, _ in stays) * parameters["oral_share"]
        sad = len(stays) * parameters["oral_share"] - happy
        _count_open_feedback(found, (period, point.service_point_id, "", "oral"), happy, sad)
    if point.feedback_source is not None and point.queue_source is not None:
        of("answers_per_100_visits", "device").add(len(stays) * parameters["press_share"], 0)
    for ticket, _ in asked_by_sms(happened, world):
        invited, answered = parameters["sms_invited_share"], parameters["sms_answer_share"]
        of("response_rate", "sms", ticket.agency).add(answered, invited)
        key = (period, point.service_point_id, ticket.agency, "sms")
        _count_open_feedback(found, key, unclassified=answered * parameters["sms_text_share"] * writing)


def count_given(events: Iterable[Event], world: World, found: Found, zone: ZoneInfo) -> None:
    """Add the presses and open feedback that were sent."""
    counting = {point.service_point_id for point in world.points if point.queue_source is not None}
    for event in events:
        if event.event_type != "feedback.given":
            continue
        mode, agency = event.data["mode"], event.data.get("agency", "")
        told_on = event.data.get("visited_on") or f"{datetime.fromtimestamp(event.occurred_at, zone):%Y-%m-%d}"
        period, known = f"{told_on[:7]}-01", "" if agency == "not_attributable" else agency
        if mode == "device":
            found[period, event.subject, "", "flagged_press_share", mode].add(0)
            if event.subject in counting:
                found[period, event.subject, "", "answers_per_100_visits", mode].add(1, 0)
        if "text" in event.data or "polarity" in event.data:
            counts = {event.data.get("polarity", "unclassified"): 1}
            _count_open_feedback(found, (period, event.subject, known, mode), **counts)


def count_bursts(faults: Iterable[Fault], found: dict[Leaf, Sums], zone: ZoneInfo) -> None:
    """Of the presses of a burst the first is a customer's, the others are to be flagged."""
    for fault in faults:
        if fault.kind == "press_burst":
            period = f"{datetime.fromtimestamp(fault.starts_at, zone):%Y-%m}-01"
            key = (period, fault.service_point_id, "", "flagged_press_share", "device")
            found[key].add(fault.event_count - 1, fault.event_count)


def count_visits_of_presses(happened: DayOfPoint, found: Found) -> None:
    point = happened.point
    if point.feedback_source is not None and point.queue_source is not None:
        key = (f"{happened.day:%Y-%m}-01", point.service_point_id, "", "answers_per_100_visits", "device")
        found[key].add(0, len({ticket.visit for ticket in happened.tickets if ticket.purpose == "service"}))


def count_monthly(monthly: Monthly, world: World, found: Found) -> None:
    for complaints in monthly.complaints:
        for metric, count in (("complaint_count", complaints.lodged), ("statement_count", complaints.statements)):
            found[f"{complaints.month}-01", "", complaints.agency, metric, COMPLAINTS].add(count)
    for row in monthly.invitations:
        key = (f"{row.month}-01", row.service_point_id, row.agency, "response_rate", "sms")
        found[key].add(row.answered, row.invited)
    for answers in monthly.staff_answers:
        key = (f"{world.waves['staff'].ends_on:%Y-%m}-01", "", answers.agency, f"{answers.item}_mean", STAFF)
        found[key].add(sum(score * n for score, n in enumerate(answers.counts, 1)), sum(answers.counts))

    for scores in monthly.wider_sample:
        _count_trust(found, world, scores)


def _count_trust(found: Found, world: World, scores: tuple[int, ...]) -> None:
    period = f"{world.waves['wider'].starts_on:%Y-%m}-01"
    for item, score in zip(TRUST_ITEMS, scores, strict=True):
        found[period, "", "", f"{item}_mean", WIDER_SAMPLE].add(score)


def expect_monthly(world: World, months: list[Month], parameters: Parameters, found: Found) -> None:
    """What no customer has a part in has the same expectation in every run."""
    mean = sum(score * weight for score, weight in enumerate(STAFF_WEIGHTS, 1)) / sum(STAFF_WEIGHTS)
    for agency in world.booking_sources:
        for month in months:
            for metric, share in (("complaint_count", 1.0), ("statement_count", 0.5)):
                count = len(OVERSEERS) * share * parameters["complaints_per_month"]
                found[f"{month}-01", "", agency, metric, COMPLAINTS].add(count)
        for item in STAFF_ITEMS:
            wave = world.waves["staff"]
            found[f"{wave.ends_on:%Y-%m}-01", "", agency, f"{item}_mean", STAFF].add(mean)
    if asks_wider_sample(world, months):
        rng = Random("wider sample")
        for _ in range(EXPECTED_OF_PERSONS):
            _count_trust(found, world, draw_trust(rng, parameters))
    for month in months:
        half = _digests_expected() / 2
        _count_open_feedback(found, (f"{month}-01", "", "", "social_digest"), half, half)


def _count_open_feedback(
    found: Found, key: tuple[str, str, str, str], positive: float = 0, negative: float = 0, unclassified: float = 0
) -> None:
    period, place, agency, mode = key
    counts = dict(zip(POLARITIES, (positive, negative, unclassified), strict=True))
    for polarity, count in counts.items():
        found[period, place, agency, f"open_feedback_{polarity}_count", mode].add(count, count)
    if positive or negative:
        found[period, place, agency, "open_feedback_ratio", mode].add(positive, negative)
        found[period, place, agency, "open_feedback_positive_share", mode].add(positive, positive + negative)


@cache
def _digests_expected() -> float:
    rng = Random("digests")
    return sum(max(1, int(DIGESTS_PER_MONTH * exp(rng.gauss(0, DIGEST_SIGMA)))) for _ in range(20_000)) / 20_000
