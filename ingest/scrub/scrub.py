"""Takes personal data out of free text: what may tell who wrote it or whom it tells of goes, its kind stays."""

import re
from functools import lru_cache

from ingest.scrub import codes as scrub_codes
from ingest.scrub.addresses import scrub_addresses
from ingest.scrub.codes import HAS_ADDRESS, scrub_emails
from ingest.scrub.names import holds_full_name, scrub_names
from ingest.scrub.phones import scrub_phones
from ingest.scrub.references import HAS_DIGIT, scrub_plates, scrub_references

# Seven digits, as the shortest number and code have: most texts have fewer.
HAS_NUMBER = re.compile(r"(?:[^0-9]*[0-9]){7}")
# A mobile number, but not one that begins with a day: 0410202601 is the first of 4 October; a day before 2010.
_OF_PERSON = re.compile(
    r"(?![0-3][0-9][01][0-9]20)(?:(?:\+|00)?358|0)(?:4[0-9]|50)[ -]?[0-9]{3}[ -]?[0-9]{3,5}"
    r"|[0-9]{1,2}\.[0-9]{1,2}\.(?:19[0-9]{2}|200[0-9])"
)
_PARTS = re.compile("[/:]")
_TWO_WORDS = re.compile(r"[^\W\d_]{3}[._/ -][^\W\d_]{3}")
KINDS = ("identity_code", "phone", "email", "iban", "plate", "case_number", "address", "birth_date", "name")


def scrub(text: str) -> str:
    """Replace personal data by its kind in brackets, one of KINDS; idempotent."""
    scrubbed = _scrub_once(text)
    while scrubbed != text:  # what stood glued to a replaced part may be seen only now
        text, scrubbed = scrubbed, _scrub_once(scrubbed)
    return text


def mask_codes(text: str) -> str:
    """Replace only what is told by its form alone: identity codes, phone numbers, e-mail addresses, account numbers."""
    if not HAS_ADDRESS.search(text) and not HAS_NUMBER.match(text):
        return text
    masked = _mask_once(text)
    while masked != text:
        text, masked = masked, _mask_once(masked)
    return text


@lru_cache(maxsize=10_000)
def names_person(code: str) -> bool:
    """Whether a code or a path of codes, which nobody scrubs, is one of a person: see docs/no-person-enters.md."""
    if scrub_codes.is_of_person(code) or (_TWO_WORDS.search(code) and holds_full_name(code.lower())):
        return True
    return any(_OF_PERSON.fullmatch(each) or scrub_codes.is_iban(each) for each in _PARTS.split(code) if len(each) > 7)


def _mask_once(text: str) -> str:
    text = scrub_emails(text)
    return scrub_phones(scrub_codes.scrub_codes(text)) if HAS_NUMBER.match(text) else text


def _scrub_once(text: str) -> str:
    text = scrub_emails(text)
    if HAS_DIGIT.search(text):
        has_number = HAS_NUMBER.match(text)
        text = scrub_codes.scrub_codes(text) if has_number else text
        text = scrub_addresses(scrub_references(text))
        text = scrub_plates(scrub_phones(text) if has_number else text)
    return scrub_names(text)
