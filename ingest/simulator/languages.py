"""Which language the customers of a point choose."""

from collections.abc import Callable
from random import Random

from ingest.simulator.world import Point

LANGUAGES = {
    "fi": (("fi", "sv", "en", "other"), (89, 3, 6, 2)),
    "sv": (("sv", "fi", "en", "other"), (60, 32, 6, 2)),
    "sami": (("fi", "se", "en", "sv"), (82, 12, 5, 1)),
}
SAMI_HOMELAND = ("047", "148", "758", "890")  # municipalities of the Sámi homeland; of Sodankylä its northern part


def language_of(rng: Random, point: Point) -> str:
    return rng.choices(*_languages(point))[0]


def share_of_languages(point: Point, is_one: Callable[[str], bool]) -> float:
    """Of the customers of a point the share who choose a language that *is_one*."""
    languages, weights = _languages(point)
    return sum(weight for language, weight in zip(languages, weights, strict=True) if is_one(language)) / sum(weights)


def _languages(point: Point) -> tuple[tuple[str, ...], tuple[int, ...]]:
    return LANGUAGES["sami" if point.municipality_code in SAMI_HOMELAND else point.language]
