"""What each customer would say: drawn for everybody, asked of few."""

from dataclasses import dataclass
from random import Random

from ingest.simulator.customers import Ticket
from ingest.simulator.languages import language_of
from ingest.simulator.parameters import Parameters
from ingest.simulator.world import Point

# Upper bounds of the latent satisfaction for each face but the last, and the score of each face.
FACES = {
    "faces_5": ((1.5, 2.5, 3.5, 4.5), (1, 2, 3, 4, 5)),
    "faces_4": ((1.75, 3.0, 4.4), (1, 2, 4, 5)),
}
# What only the surveys and interviews of a wave ask, on the scale 1-5.
WAVE_ITEMS = (
    "safety_information", "respectful", "empathetic", "equality_language", "equality_ability", "equality_background",
    "equality_devices", "trust_acts_correctly", "trust_statutes_followed", "trust_equal_treatment",
)  # fmt: skip

TRUST_ITEMS = WAVE_ITEMS[-3:]


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the customer of one ticket would answer; *face* is the raw value of the point's device."""

    face: int
    face_score: int
    rating: int
    outcome: str
    safety_physical: int
    equal: int


@dataclass(frozen=True, slots=True)
class WaveAnswers:
    """What a visitor would answer to the questions of a wave; *scores* in the order of WAVE_ITEMS."""

    scores: tuple[int, ...]
    language: str
    is_language_received: bool


def draw_opinion(
    rng: Random, ticket: Ticket, mood: float, scale: str, point_effect: float, parameters: Parameters
) -> Opinion:
    """Draw from the would-be wait, so that those who left have an opinion too; *mood* is that of the person."""
    return _draw(rng, ticket.would_be_wait / 60, mood, scale, point_effect, parameters)


def draw_rested_opinion(rng: Random, point_effect: float, parameters: Parameters) -> Opinion:
    """The opinion of somebody who did not wait at all."""
    return _draw(rng, 0, rng.gauss(0, 1), "faces_5", point_effect, parameters)


def draw_wave_answers(rng: Random, point: Point, point_effect: float, parameters: Parameters) -> WaveAnswers:
    """Who speaks another language than most at the point gets service in it less often, and says so."""
    language, sigma = language_of(rng, point), parameters["survey_sigma"]
    share = parameters[
        "main_language_received_share" if language == point.language else "other_language_received_share"
    ]
    is_received = rng.random() < share
    scores = []
    for item in WAVE_ITEMS:
        mean = parameters[f"{item}_base"] + point_effect
        if item == "equality_language" and not is_received:
            mean += parameters["language_not_received_effect"]
        scores.append(_answer(rng.gauss(mean, sigma), "faces_5")[1])
    return WaveAnswers(tuple(scores), language, is_received)


def draw_trust(rng: Random, parameters: Parameters) -> tuple[int, ...]:
    """What somebody of the wider sample would answer to TRUST_ITEMS."""
    effect, sigma = parameters["wider_sample_trust_effect"], parameters["survey_sigma"]
    return tuple(_answer(rng.gauss(parameters[f"{item}_base"] + effect, sigma), "faces_5")[1] for item in TRUST_ITEMS)


def _draw(rng: Random, minutes: float, mood: float, scale: str, point_effect: float, parameters: Parameters) -> Opinion:
    latent = (
        parameters["satisfaction_base"]
        + point_effect
        + parameters["satisfaction_per_minute"] * min(minutes, 60)
        + parameters["satisfaction_sigma"] * mood
    )
    face, score = _answer(latent, scale)
    sigma, draw = parameters["survey_sigma"], rng.random()
    resolved = parameters["resolved_share"]
    return Opinion(
        face=face,
        face_score=score,
        rating=_answer(latent, "faces_5")[1],
        outcome="resolved"
        if draw < resolved
        else "filed"
        if draw < resolved + parameters["filed_share"]
        else "neither",
        safety_physical=_answer(rng.gauss(parameters["safety_base"] + point_effect, sigma), "faces_5")[1],
        equal=_answer(rng.gauss(parameters["equal_base"] + point_effect, sigma), "faces_5")[1],
    )


def _answer(latent: float, scale: str) -> tuple[int, int]:
    bounds, scores = FACES[scale]
    position = sum(latent >= bound for bound in bounds)
    return position + 1, scores[position]
