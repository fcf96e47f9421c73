"""What customers write, and invented personal data that should never get further than the door."""

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random

FILE = Path(__file__).parent / "texts.csv"
CHECK_CHARACTERS = "0123456789ABCDEFHJKLMNPRSTUVWXY"
CENTURY_SIGNS = {18: "+", 19: "-YXWVU", 20: "ABCDEF"}

SENTENCES = {
    "identity_code": {
        "fi": "Henkilötunnukseni on {}.",
        "sv": "Min personbeteckning är {}.",
        "en": "My identity code is {}.",
    },
    "phone": {"fi": "Soittakaa minulle {}.", "sv": "Ring mig på {}.", "en": "Please call me at {}."},
    "email": {"fi": "Vastatkaa osoitteeseen {}.", "sv": "Svara till {}.", "en": "Answer to {} please."},
    "iban": {"fi": "Maksakaa tilille {}.", "sv": "Betala till kontot {}.", "en": "Pay it to {}."},
    "name": {"fi": "Kiitos virkailijalle nimeltä {}.", "sv": "Jag heter {}.", "en": "My name is {}."},
    "plate": {"fi": "Autoni on {}.", "sv": "Mitt registernummer är {}.", "en": "My car is {}."},
    "address": {"fi": "Asun osoitteessa {}.", "sv": "Jag bor på {}.", "en": "I live at {}."},
    "birth_date": {"fi": "Syntymäaikani on {}.", "sv": "Jag är född {}.", "en": "I was born on {}."},
    "case_number": {"fi": "Asiani numero on {}.", "sv": "Mitt ärende har numret {}.", "en": "My case number is {}."},
}
FIRST_NAMES = ("Aino", "Eeva", "Jukka", "Kalevi", "Marjatta", "Pekka", "Gunnar", "Ingrid", "Solveig", "Torsten")
LAST_NAMES = ("Virtanen", "Korhonen", "Heikkinen", "Lehtonen", "Nieminen", "Johansson", "Lindholm", "Nyberg")
STREETS = ("Koivukuja", "Rantatie", "Kirkkokatu", "Puistokatu", "Storgatan", "Skolvägen")


@cache
def _texts() -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault((row["language"], row["sentiment"]), []).append(row["text"])
    return found


def has_texts(language: str) -> bool:
    return (language, "positive") in _texts()


def text_of(rng: Random, language: str, rating: int) -> str:
    return rng.choice(_texts()[language, "positive" if rating >= 4 else "negative"])


def personal_data(rng: Random) -> Iterator[tuple[str, str]]:
    """Kind and value, as long as names last: with valid check characters; no identity code is a real person's."""
    names = [f"{first} {last}" for first in FIRST_NAMES for last in LAST_NAMES]
    rng.shuffle(names)
    while True:
        yield "identity_code", identity_code(rng)
        yield "phone", _phone(rng)
        yield "email", _email(rng)
        yield "iban", _iban(rng)
        yield "name", names.pop()
        yield "plate", f"{''.join(rng.choices('ABCEFGHIJKLMNORSTUVXYZ', k=3))}-{rng.randint(100, 999)}"
        yield "address", f"{rng.choice(STREETS)} {rng.randint(2, 99)} {rng.choice('ABC')} {rng.randint(2, 60)}"
        yield "birth_date", f"{rng.randint(11, 28)}.{rng.randint(10, 12)}.{rng.randint(1935, 2005)}"
        yield "case_number", f"{rng.choice(('VH', 'KEL', 'DVV'))}/{rng.randint(1000, 9999)}/2026"


def identity_code(rng: Random) -> str:
    """A Finnish personal identity code; individual numbers from 900 on are never given to a person."""
    day, month, year = rng.randint(1, 28), rng.randint(1, 12), rng.randint(1935, 2012)
    number = rng.randint(900, 999)
    date_part = f"{day:02d}{month:02d}{year % 100:02d}"
    sign = rng.choice(CENTURY_SIGNS[year // 100])
    return f"{date_part}{sign}{number}{CHECK_CHARACTERS[int(f'{date_part}{number}') % 31]}"


def _phone(rng: Random) -> str:
    a, b = rng.randint(100, 999), rng.randint(1000, 9999)
    return rng.choice([f"+358 50 {a} {b}", f"040 {a} {b}", f"050-{a}{b}", f"+35840{a}{b}", f"0400 {a} {b % 1000:03d}"])


def _email(rng: Random) -> str:
    first = rng.choice(["matti", "maija", "anders", "aino", "karin", "ville"])
    last = rng.choice(["esimerkki", "exempel", "mallikas", "testinen"])
    return f"{first}.{last}{rng.randint(1, 99)}@{rng.choice(['example.fi', 'posti.example.com', 'example.org'])}"


def _iban(rng: Random) -> str:
    account = "".join(str(rng.randrange(10)) for _ in range(14))
    check = 98 - int(f"{account}151800") % 97  # FI as digits is 1518
    compact = f"FI{check:02d}{account}"
    return rng.choice([compact, " ".join(compact[at : at + 4] for at in range(0, 18, 4))])
