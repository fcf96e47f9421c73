"""Phone numbers in free text, as they are written in Finland: told from dates, amounts, hours and postal codes."""

import re

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


def scrub_phones(text: str) -> str:
    return PHONE.sub(_phone_replaced, text)


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
