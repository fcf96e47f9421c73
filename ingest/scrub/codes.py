"""Identity codes, account numbers and e-mail addresses in free text: what a check character or a form gives away."""

import re
from collections.abc import Iterable, Iterator

HAS_ADDRESS = re.compile(r"@|[(\[]at[)\]]", re.IGNORECASE)

EMAIL = re.compile(
    r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}(?:\s?@\s?|\s?[(\[]at[)\]]\s?)[\w-]+(?:\.[\w-]+)+",
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


def scrub_emails(text: str) -> str:
    return EMAIL.sub("[email]", text) if HAS_ADDRESS.search(text) else text


def scrub_codes(text: str) -> str:
    """*text*, which holds digits, without account numbers and identity codes."""
    text = replace(text, _ibans(text), "[iban]")
    return replace(text, _identity_codes(text), "[identity_code]")


def is_of_person(code: str) -> bool:
    """Whether a code or a reference, which nobody scrubs, holds an identity code or an e-mail address."""
    return any(map(_has_valid_check, IDENTITY_CODE_ALONE.finditer(code))) or ("@" in code and bool(EMAIL.search(code)))


def is_iban(code: str) -> bool:
    return len(code) > 14 and next(_ibans(code), None) == (0, len(code))


def replace(text: str, spans: Iterable[tuple[int, int]], mark: str) -> str:
    """*text* with each span, in their order, replaced by *mark*; of two that overlap, the first."""
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
