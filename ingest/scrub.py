"""Takes personal data out of free text: what may tell who wrote it or whom it tells of goes, its kind stays."""

import re
from functools import lru_cache

from ingest import scrub_codes
from ingest.scrub_addresses import scrub_addresses
from ingest.scrub_codes import HAS_ADDRESS, scrub_emails
from ingest.scrub_names import scrub_names
from ingest.scrub_phones import scrub_phones
from ingest.scrub_references import HAS_DIGIT, scrub_plates, scrub_references

# Seven digits, as the shortest number and code have: most texts have fewer.
HAS_NUMBER = re.compile(r"(?:[^0-9]*[0-9]){7}")
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
    """Whether a code or a reference, which nobody scrubs, holds an identity code or an e-mail address."""
    return scrub_codes.names_person(code)


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
