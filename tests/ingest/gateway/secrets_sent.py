"""Invented personal data, one of each kind for each way in, and everything that a way in could be sent with it."""

import json

from sample_events import line

from ingest.scrub.codes import CHECK_CHARACTERS

FULL_NAMES = {
    "gateway": "Hilkka Tervaharju",
    "webhook": "Urpo Kettukoski",
    "file": "Essi Lehtovuori",
    "kafka": "Reijo Salmikangas",
}
LIKE_CODES = ("plate", "case_number")  # alone in an id nothing tells them from a serial number


def secrets_of(way):
    """Personal data of nobody, by kind, no two ways alike."""
    number = 1 + list(FULL_NAMES).index(way)
    name = FULL_NAMES[way]
    birthday = f"1{number}0749"
    identity_code = f"{birthday}-93{number}{CHECK_CHARACTERS[int(f'{birthday}93{number}') % 31]}"
    account = f"1234560009876{number}"
    return {
        "identity_code": identity_code,
        "phone": f"040 555 731{number}",
        "email": f"{name.split()[1].lower()}@posti.example.org",
        "iban": f"FI{98 - int(account + '151800') % 97:02}{account}",
        "plate": f"ZKX-73{number}",
        "case_number": f"MIGRI-2026-99133{number}",
        "address": f"Pihlajapolku 7{number} B 4{number}",
        "birth_date": f"1{number}.7.1949",
        "name": name,
    }


def texts(secrets):
    """What a customer may write, all kinds at once and each alone, in three languages."""
    cues = {"plate": "auto ", "case_number": "asia ", "birth_date": "s. "}
    together = " ".join(f"{cues.get(kind, '')}{secret}," for kind, secret in secrets.items())
    yield f"Hei! Tietoni ovat {together} vastatkaa pian."
    surname = secrets["name"].split()[1]
    for kind, secret in secrets.items():
        cue = cues.get(kind, "")
        yield f"Olin asialla, {cue}{secret} ei kelvannut."
        yield f"{cue}{secret}: blanketten var svår"
    yield f"Virkailija {surname} oli kiireinen. {surname}lle terveisiä! I met {surname.upper()} again."


def events(secrets, way, start):
    """Events that carry the secrets where they may stand and where they may not; the bytes of each."""
    number = start
    for text in texts(secrets):
        number += 1
        yield line(number, data=_data(text=text))
    code = secrets["name"].lower().replace(" ", ".")
    for kind, secret in secrets.items():
        number += 1
        yield line(number, data=_data(customer=secret))
        yield line(number, id=f"{way}-{kind}-unknown", data=_data(answers=secret))
        yield line(number, id=f"{way}-{kind}-type", type=f"fi.pulssi.feedback.given.{secret}")
        yield line(number, id=f"{way}-{kind}-time", time=secret)
        yield line(number, id=f"{way}-{kind}-extra", **{"customername": secret})
        yield line(number, id=f"{way}-{kind}-key", data=_data(**{secret: 1}))
        if kind not in LIKE_CODES:
            yield line(number, id=secret, data=_data(agency=secret))
    for told in (code, secrets["identity_code"], secrets["email"], secrets["iban"], secrets["phone"].replace(" ", "")):
        number += 1
        yield line(number, id=told)
        yield line(number, id=told, type="fi.pulssi.none.such.v1")
        yield line(number, subject=told)
        yield line(number, source=f"/points/mikkeli/{told}")
        yield line(number, data=_data(topic=told.lower()))
        yield line(number, data=_data(visit_key=told))
    yield b'{"id": "' + code.encode() + b'", "data": {"text": "' + secrets["identity_code"].encode()
    yield json.dumps([secrets["name"], secrets["email"]]).encode()
    yield "\ufeff".encode() + secrets["name"].encode("utf-16")


def _data(**fields):
    return {"mode": "device", "answers": [], **fields}


def needles(way):
    """What must be found nowhere, in small letters: parts that no spelling, space or sign changes."""
    secrets = secrets_of(way)
    surname = secrets["name"].split()[1].lower()
    number = secrets["phone"][-1]
    parts = (
        surname,
        secrets["identity_code"][:10],
        f"555 731{number}",
        f"555731{number}",
        secrets["iban"][-9:],
        secrets["plate"].lower(),
        secrets["case_number"][-11:],
        f"japolku 7{number}",
        secrets["birth_date"],
    )
    for part in parts:
        yield part.encode()
        yield part.encode().hex().encode()
