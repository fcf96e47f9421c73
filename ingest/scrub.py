"""Takes personal data out of free text: identity codes, phone numbers, e-mail addresses, account numbers."""

import re
from collections.abc import Iterator
from functools import lru_cache

# Most texts have neither an address nor the seven digits of the shortest number: they cost nothing.
HAS_ADDRESS = re.compile(r"@|[(\[]at[)\]]", re.IGNORECASE)
HAS_NUMBER = re.compile(r"(?:[^0-9]*[0-9]){7}")

EMAIL = re.compile(
    r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}(?:@|\s?[(\[]at[)\]]\s?)[\w-]+(?:\.[\w-]+)+",
    re.IGNORECASE,
)

CHECK_CHARACTERS = "0123456789ABCDEFHJKLMNPRSTUVWXY"
# The signs of 2023 and, for "-", the dashes that word processors put in its place.
CENTURY_SIGNS = r"[-+A-FU-Y\u2010-\u2014\u2212]"
DATE = r"(?P<date>(?:0[1-9]|[12][0-9]|3[01])(?:0[1-9]|1[0-2])[0-9]{2})"
TAIL = r"(?P<individual>[0-9]{3})(?P<check>[0-9A-FHJ-NPR-Y])"
IDENTITY_CODE = re.compile(rf"(?={DATE}{CENTURY_SIGNS}{TAIL})", re.IGNORECASE)
IDENTITY_CODE_LOOKALIKE = re.compile(
    rf"(?<![0-9A-Za-z]){DATE}{CENTURY_SIGNS}[0-9]{{3}}[0-9A-Z](?![0-9A-Za-z])", re.IGNORECASE
)
IDENTITY_CODE_SPACED = re.compile(
    rf"(?<![0-9A-Za-z]){DATE}\s?(?P<sign>{CENTURY_SIGNS})?\s?{TAIL}(?![0-9A-Za-z])", re.IGNORECASE
)

# In codes and references, which are refused and not scrubbed: whole, so that no serial number is taken for one.
IDENTITY_CODE_ALONE = re.compile(rf"(?<![0-9A-Za-z]){DATE}{CENTURY_SIGNS}{TAIL}(?![0-9A-Za-z])", re.IGNORECASE)

IBAN_START = re.compile(r"(?=([A-Z]{2})[0-9]{2}[ -]?[0-9A-Z])", re.IGNORECASE)
IBAN_LENGTHS = {
    "AD": 24, "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20,
    "ES": 24, "FI": 18, "FO": 18, "FR": 27, "GB": 22, "GI": 23, "GL": 18, "GR": 27, "HR": 21, "HU": 28,
    "IE": 22, "IS": 26, "IT": 27, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MT": 31, "NL": 18,
    "NO": 15, "PL": 28, "PT": 25, "RO": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TR": 26, "UA": 29,
    "VA": 22,
}  # fmt: skip

GAP = r"[ \u00a0\u2009\u202f\u2010-\u2014-]"
# Read before phone numbers, so that no part of them is taken for one.
KEPT = "|".join(
    (
        r"(?<![0-9])[0-9]{7}-[0-9](?![0-9])",  # business id
        r"FI[0-9]{8}(?![0-9])",  # VAT number
        r"(?<![0-9])(?:19|20)[0-9]{2}-[01][0-9]-[0-3][0-9](?![0-9])",
        # A date without dashes that begins like a mobile number, 04 or 05, is rather one.
        r"(?<![0-9])(?!0[45][0-9]{6})[0-3][0-9](?P<dash>[ -]?)[01][0-9](?P=dash)(?:19|20)[0-9]{2}(?![0-9])",
        r"(?<![0-9])[0-2][0-9][0-5][0-9]\s?[-\u2013]\s?[0-2][0-9][0-5][0-9](?![0-9])",  # 0800-1600
        r"(?<![0-9])0[0-9]{4}\s?[-\u2013]\s?0[0-9]{4}(?![0-9])",  # a range of postal codes
        r"(?<![0-9])00[0-9]{3}(?: 0[0-9]{4})+(?![0-9])",
        r"(?<![0-9])[+-]?[1-9][0-9]{0,2}(?:[ \u00a0][0-9]{3})+(?:,[0-9]+)?\s?(?:€|eur|kr|mk|%)",
    )
)
PHONE = re.compile(
    rf"(?P<kept>{KEPT})"
    rf"|(?P<international>(?:\+\s?|(?<![0-9+])00{GAP}?)[1-9][0-9]*(?:(?:{GAP}|[().]){{1,4}}[0-9]{{1,10}}){{0,7}})(?![0-9])"
    rf"|(?P<bare>(?<![0-9])358{GAP}?(?:4[0-9]|50){GAP}?[0-9]{{3,8}}(?:{GAP}[0-9]{{2,7}}){{0,3}})(?![0-9])"
    rf"|(?P<national>(?<![0-9])(?<![0-9][.,:])\(?0[1-9][0-9]*"
    rf"(?:\)?(?:{GAP}{{1,3}}|/(?=[0-9]{{5}})|(?<=[0-9]{{3}})\.(?=[0-9]{{3}}))[0-9]{{2,9}}){{0,5}})(?![0-9])",
    re.IGNORECASE,
)
# Digits of each kind: fewer than the first is no number, at the second it is whole, the third is the most.
PHONE_DIGITS = {"international": (8, 12, 15), "bare": (10, 12, 13), "national": (7, 10, 12)}


def scrub(text: str) -> str:
    """Replace personal data by [identity_code], [phone], [email] or [iban]; idempotent."""
    if not HAS_ADDRESS.search(text) and not HAS_NUMBER.match(text):
        return text
    scrubbed = _scrub_once(text)
    while scrubbed != text:  # what stood glued to a replaced part may be seen only now
        text, scrubbed = scrubbed, _scrub_once(scrubbed)
    return text


@lru_cache(maxsize=10_000)
def names_person(code: str) -> bool:
    """Whether a code or a reference, which nobody scrubs, holds an identity code or an e-mail address."""
    return any(map(_has_valid_check, IDENTITY_CODE_ALONE.finditer(code))) or ("@" in code and bool(EMAIL.search(code)))


def _scrub_once(text: str) -> str:
    if HAS_ADDRESS.search(text):
        text = EMAIL.sub("[email]", text)
    if not HAS_NUMBER.match(text):
        return text
    text = _replace(text, _ibans(text), "[iban]")
    text = _replace(text, _identity_codes(text), "[identity_code]")
    return PHONE.sub(_phone_replaced, text)


def _replace(text: str, spans: Iterator[tuple[int, int]], mark: str) -> str:
    parts, position = [], 0
    for start, end in spans:
        if start >= position:
            parts += [text[position:start], mark]
            position = end
    return "".join([*parts, text[position:]])


def _ibans(text: str) -> Iterator[tuple[int, int]]:
    for found in IBAN_START.finditer(text):
        country = found[1].upper()
        length = IBAN_LENGTHS.get(country)
        written = re.compile(rf"[A-Z]{{2}}(?:[ \u00a0-]?[0-9A-Z]){{{(length or 2) - 2}}}", re.IGNORECASE)
        match = written.match(text, found.start()) if length else None
        compact = re.sub(r"[^0-9A-Za-z]", "", match[0]).upper() if match else ""
        # Sixteen digits after FI are an account number even when one is mistyped.
        if match and (_is_iban(compact) or (country == "FI" and compact[2:].isdigit())):
            yield match.span()


def _is_iban(compact: str) -> bool:
    """ISO 13616: the first four characters moved to the end, letters as 10-35, leave 1 modulo 97."""
    return int("".join(str(int(character, 36)) for character in compact[4:] + compact[:4])) % 97 == 1


def _identity_codes(text: str) -> Iterator[tuple[int, int]]:
    spans = [(match.start(), match.start() + 11) for match in IDENTITY_CODE.finditer(text) if _has_valid_check(match)]
    spans += [match.span() for match in IDENTITY_CODE_LOOKALIKE.finditer(text)]
    spans += [
        match.span()
        for match in IDENTITY_CODE_SPACED.finditer(text)
        if _has_valid_check(match) and (match["sign"] or not match["check"].isdigit())
    ]
    return iter(sorted(spans))


def _has_valid_check(match: re.Match[str]) -> bool:
    return CHECK_CHARACTERS[int(match["date"] + match["individual"]) % 31] == match["check"].upper()


def _phone_replaced(match: re.Match[str]) -> str:
    """The text of *match* with its phone number replaced; groups of digits after a whole number stay."""
    kind = match.lastgroup or "kept"
    if kind not in PHONE_DIGITS:
        return match[0]
    fewest, whole, most = PHONE_DIGITS[kind]
    prefix = 2 if match[0].startswith("00") else 0
    count = end = 0
    for digits in re.finditer("[0-9]+", match[0]):
        length = len(digits[0])
        if count - prefix >= whole or count - prefix + length > most:
            break
        count, end = count + length, digits.end()
    return f"[phone]{match[0][end:]}" if count - prefix >= fewest else match[0]
