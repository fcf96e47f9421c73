"""Which language the customers of a point choose."""

from random import Random

from ingest.simulator.world import Point

LANGUAGES = {
    "fi": (("fi", "sv", "en", "other"), (89, 3, 6, 2)),
    "sv": (("sv", "fi", "en", "other"), (60, 32, 6, 2)),
    "sami": (("fi", "se", "en", "sv"), (82, 12, 5, 1)),
}
SAMI_HOMELAND = ("047", "148", "758", "890")  # municipalities of the Sámi homeland; of Sodankylä its northern part


def language_of(rng: Random, point: Point) -> str:
    return rng.choices(*LANGUAGES["sami" if point.municipality_code in SAMI_HOMELAND else point.language])[0]
