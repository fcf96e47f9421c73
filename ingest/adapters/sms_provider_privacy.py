"""What of an SMS provider's payload may be known: no phone number, no name, no field that is not needed.

Ids that are not UUIDs are hashed, so that a number in them does not pass. A hash of a number could be undone by trying
all numbers: so numbers are taken out of an id first, and one that holds little else is made from the message's content.
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable
from typing import Any

import orjson

LONGEST_TEXT = 4_000
_FEWEST_DIGITS = 7  # of a subscriber's number, country and operator apart
_SHORTEST_STEM = 3
_FEWEST_OWN = 6  # characters that an id must have besides a phone number

_WORD = re.compile(r"[A-Za-z][A-Za-z_. -]{0,39}")
_CODE = re.compile(r"(?!(?:[^0-9]*[0-9]){7})[A-Za-z0-9_.-]{1,64}")
_DATE = re.compile(r"20[0-9]{2}-[01][0-9]-[0-3][0-9]")
_TIME = re.compile(
    r"20[0-9]{2}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]{1,6})?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?"
)
_UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_HASHED = re.compile("sms-[a-p]{32}")
_PHONE_IN_ID = re.compile(r"(?<![0-9])(?:(?:\+|00)?358[0-9]{6,10}|0[45][0-9]{6,9})(?![0-9])")
# Grouped in any way, as +358 40 123 4567 or 040-1234567; the rest is scrubbed at the door, as any text is.
_DATE_OR_HOURS = r"0[1-9]\.[01]?[0-9]\.(?:20)?[0-9]{2}(?![0-9])|0[0-9]{3}\s?[-\u2013]\s?[0-2][0-9]{3}(?![0-9])"
_PHONE = re.compile(
    r"(?:\+\s?|(?<![0-9])00)[1-9](?:[ ()./\u00a0\u2010-\u2014-]{0,3}[0-9]){6,14}"
    rf"|(?<![0-9])(?!{_DATE_OR_HOURS})\(?0[1-9](?:[ )/.\u00a0\u2010-\u2014-]{{0,3}}[0-9]){{5,11}}(?![0-9])"
)
_LONG_NUMBER = re.compile(r"(?P<business>(?<![0-9])[0-9]{7}-[0-9](?![0-9]))|[0-9]{7,}")
_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")


def without_person(payload: Any) -> dict[str, Any]:
    """The fields that the adapter reads, cleaned; of anything but an object only what it was. Done twice: no change."""
    if not isinstance(payload, dict):
        return {"unreadable": type(payload).__name__}
    numbers = _numbers(payload)
    clean = _Cleaner(numbers, _names(payload))
    kept = _kept(payload, clean.fields())
    for name in ("messageId", "pairedMessageId"):
        if name in payload and (hashed := _hashed(payload[name], numbers, kept)):
            kept[name] = hashed
    return kept


class _Cleaner:
    """How each field is kept; a field that returns None is not."""

    def __init__(self, numbers: list[str], names: list[str]) -> None:
        # Digits of the sender's number with up to three other characters between them, as people group them.
        self._numbers = [re.compile(r"[^0-9\[\]]{0,3}".join(number)) for number in numbers]
        # Finnish changes the end of a name: Virtanen, Virtaselle.
        stems = {name[: max(_SHORTEST_STEM, len(name) - 3)] for name in names}
        self._names = [re.compile(rf"\b{re.escape(stem)}\w{{0,9}}", re.IGNORECASE) for stem in sorted(stems)]

    def fields(self) -> dict[str, Callable[[Any], Any]]:
        callback = {"survey": _CODE, "point": _CODE, "service": _CODE, "language": _CODE, "visitedOn": _DATE}
        return {
            "event": _matching(_WORD),
            "status": _matching(_WORD),
            "sentAt": _matching(_TIME),
            "receivedAt": _matching(_TIME),
            "count": _count,
            "text": self.text,
            "callback": lambda value: _kept_object(value, {name: _matching(p) for name, p in callback.items()}),
            "replies": self._replies,
            "unreadable": _matching(_WORD),
        }

    def text(self, value: Any) -> str | None:
        """A message without numbers of people and without the sender's name."""
        if not isinstance(value, str):
            return None
        # A lone half of a surrogate pair is no character: nothing can be written with it.
        text = _with_plain_digits(value[:LONGEST_TEXT].encode("utf-8", "replace").decode())
        text = _PHONE.sub("[phone]", text)
        for number in self._numbers:
            text = number.sub("[phone]", text)
        text = _LONG_NUMBER.sub(lambda found: found["business"] or "[number]", text)
        for name in self._names:
            text = name.sub("[name]", text)
        return text

    def _replies(self, value: Any) -> list[dict[str, Any]] | None:
        if not isinstance(value, list):
            return None
        return [
            _kept(reply, {"question": _matching(_CODE), "text": self.text})
            for reply in value
            if isinstance(reply, dict)
        ]


def _kept(payload: dict[str, Any], fields: dict[str, Callable[[Any], Any]]) -> dict[str, Any]:
    cleaned = {name: clean(payload[name]) for name, clean in fields.items() if name in payload}
    return {name: value for name, value in cleaned.items() if value is not None}


def _kept_object(value: Any, fields: dict[str, Callable[[Any], Any]]) -> dict[str, Any] | None:
    return _kept(value, fields) if isinstance(value, dict) else None


def _matching(pattern: re.Pattern[str]) -> Callable[[Any], str | None]:
    return lambda value: value if isinstance(value, str) and pattern.fullmatch(value) else None


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1_000_000 else None


def _numbers(payload: dict[str, Any]) -> list[str]:
    """The last digits of every number that the payload gives as an address: they are the same in all spellings."""
    found = []
    for name in ("from", "to", "sender", "recipient", "msisdn", "phone", "phoneNumber"):
        digits = re.sub("[^0-9]", "", _with_plain_digits(str(payload.get(name, ""))[:100]))
        if len(digits) >= _FEWEST_DIGITS:
            found.append(digits[-_FEWEST_DIGITS:])
    return found


def _names(payload: dict[str, Any]) -> list[str]:
    told = (str(payload.get(name, ""))[:200] for name in ("contactName", "firstName", "lastName", "name"))
    return [word for name in told for word in re.findall(r"[^\W\d_]{3,}", name)]


def _with_plain_digits(text: str) -> str:
    """All forms of digits as 0-9: full width, superscript, of other scripts."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.digit(letter)) if letter.isdigit() else letter for letter in text)


def _hashed(value: Any, numbers: list[str], content: dict[str, Any]) -> str | None:
    """An id by which the same message is known again and nobody else: a UUID as it is, else letters, never a number."""
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        return None
    text = str(value)
    if _HASHED.fullmatch(text):
        return text
    if _UUID.fullmatch(text) and not any(number in text.replace("-", "") for number in numbers):
        return text
    text = _PHONE_IN_ID.sub("#", _with_plain_digits(text[:500]))
    for number in numbers:
        text = re.sub(rf"[+0-9]*{number}[0-9]*", "#", text)
    if len(re.sub("[^0-9A-Za-z]", "", text)) < _FEWEST_OWN and text != str(value):
        text += orjson.dumps(content, option=orjson.OPT_SORT_KEYS).decode()
    digest = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()
    return f"sms-{digest.translate(_LETTERS)}"
