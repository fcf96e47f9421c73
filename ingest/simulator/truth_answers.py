"""Truth of what customers say: the answer each would have given, and how much of it was sent."""

from datetime import date

from ingest.simulator.opinions import WAVE_ITEMS
from ingest.simulator.parameters import Scenario
from ingest.simulator.run import DayOfPoint, wave_modes
from ingest.simulator.truth_sums import Found
from ingest.simulator.world import World

HAPPY_SCORE = 4
METRICS_OF_ITEMS = {"safety_information": "customer_safety_information_mean"} | {
    item: f"{item}_mean" for item in WAVE_ITEMS if item != "safety_information"
}


class _Adder:
    def __init__(self, found: Found, day: date, place: str) -> None:
        self.found, self.period, self.place = found, f"{day:%Y-%m}-01", place

    def add(self, agency: str, metric: str, mode: str, number: float) -> None:
        self.found[self.period, self.place, agency, metric, mode].add(number)

    def satisfaction(self, agency: str, mode: str, score: int) -> None:
        self.add(agency, "satisfaction_mean", mode, score)
        self.add(agency, "satisfaction_happy_share", mode, score >= HAPPY_SCORE)

    def outcome(self, agency: str, mode: str, outcome: str) -> None:
        self.add(agency, "resolved_rate", mode, outcome == "resolved")
        self.add(agency, "advanced_rate", mode, outcome != "neither")
        self.add(agency, "not_advanced_rate", mode, outcome == "neither")


def count_answers(happened: DayOfPoint, world: World, scenario: Scenario, found: Found) -> None:
    point = happened.point
    adder = _Adder(found, happened.day, point.service_point_id)
    asked_in_wave = wave_modes(point, happened.day, world, scenario)
    modes = ["web", *(["paper"] if "paper" in point.installed else []), *asked_in_wave]
    seen = set()
    for ticket, opinion in zip(happened.tickets, happened.opinions, strict=True):
        if ticket.purpose != "service":
            continue
        if ticket.agency in world.sms_sources:
            adder.satisfaction(ticket.agency, "sms", opinion.rating)
            adder.outcome(ticket.agency, "sms", opinion.outcome)
        if ticket.visit in seen:
            continue
        seen.add(ticket.visit)
        if point.feedback_source is not None:
            adder.satisfaction("", "device", opinion.face_score)
            adder.add("", "satisfaction_mean_all_presses", "device", opinion.face_score)
            adder.add("", "satisfaction_happy_share_all_presses", "device", opinion.face_score >= HAPPY_SCORE)
        for mode in modes:
            adder.satisfaction("", mode, opinion.rating)
            adder.add("", "customer_safety_physical_mean", mode, opinion.safety_physical)
            adder.add("", "equal_mean", mode, opinion.equal)
            if mode in ("paper", "web"):
                adder.outcome("", mode, opinion.outcome)
    for mode in asked_in_wave:
        _count_wave_answers(happened, mode, adder)
    _count_pop_ups(happened, adder)


def _count_wave_answers(happened: DayOfPoint, mode: str, adder: _Adder) -> None:
    for wave_answers in happened.wave_answers.values():
        for item, score in zip(WAVE_ITEMS, wave_answers.scores, strict=True):
            adder.add("", METRICS_OF_ITEMS[item], mode, score)
        adder.add("", "service_language_share", mode, wave_answers.is_language_received)


def _count_pop_ups(happened: DayOfPoint, adder: _Adder) -> None:
    for session in happened.sessions:
        mode = f"popup_{session.kind}"
        adder.satisfaction(session.agency, mode, session.opinion.rating)
        adder.outcome(session.agency, mode, session.opinion.outcome)
        if session.kind == "self_service":
            adder.add(session.agency, "independent_next_time_share", mode, session.would_manage_alone)
