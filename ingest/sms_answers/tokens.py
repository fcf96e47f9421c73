"""A text message cut into words, numbers, emoji and marks."""

import itertools
import re
import unicodedata
from typing import NamedTuple

from ingest.sms_answers.vocabulary import folded, plain_emoji, vocabulary

# A text message of many parts; what is longer is kept, but only so much of it is read.
LONGEST_READ = 2_000
MOST_TOKENS = 200

_KEYCAP = re.compile("([0-9])\ufe0f?\u20e3")
_HALVES = str.maketrans({"½": ",5", "¼": ",25", "¾": ",75"})
_PATTERN = re.compile(
    r"""
      (?P<code>      \+?[0-9](?:[ ().\u00a0-]{0,2}[0-9]){6,} )                        # phone numbers, business ids
    | (?P<date>      [0-9]{1,2}\.[0-9]{1,2}\.(?:[0-9]{2,4})? | [0-9]{1,2}[/.][0-9]{4} | [0-9]{4}-[0-9]{2}-[0-9]{2}
                   | [0-9]{1,2}[:.][0-9]{2}(?![0-9]) )                                # and times of the day
    | (?P<amount>    [0-9]+(?:[.,][0-9]+)?\s?(?:[%€$£]|e\b) )
    | (?P<fraction>  [0-9]+\s?/\s?[0-9]+ )
    | (?P<range>     [0-9]+\s?[-\u2013\u2014]\s?[0-9]+ )
    | (?P<ordinal>   [0-9]+(?::[a-z]+|st\b|nd\b|rd\b|th\b) )
    | (?P<decimal>   [0-9]+[.,][0-9]+ )
    | (?P<shaded>    [0-9]\s?(?:\+|-(?=\s*(?:$|[.,!?]))) | (?<!\w)[-+][0-9]+ )         # 4+ and 4- as at school
    | (?P<number>    [0-9]+ )
    | (?P<stars>     (?:[\u2605\u2606\u2b50\U0001f31f]\ufe0f?\s?)+ )
    | (?P<emoji>     [:;=]-?[()dpo/\\|*]+(?!\w)
                   | [\U0001f000-\U0001faff\u2190-\u2bff\u3030][\ufe0f\u200d\U0001f3fb-\U0001f3ff]* )
    | (?P<word>      [^\W\d_]+(?:['-][^\W\d_]+)* )
    | (?P<mark>      \n | [^\s\w] | _ )
    """,
    re.VERBOSE,
)


class Token(NamedTuple):
    """A piece of the message. *text* is folded; *value* is what a number, or a word for one, counts."""

    kind: str
    text: str
    start: int
    end: int
    value: int | None = None


def readable(text: str) -> str:
    """The message with digits and letters of all forms written in the plain way."""
    plain = _KEYCAP.sub(r"\1 ", text[:LONGEST_READ]).translate(_HALVES)
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", plain)).strip()


def tokens_of(text: str) -> list[Token]:
    """The tokens of a readable text."""
    found = itertools.islice(_PATTERN.finditer(folded(text)), MOST_TOKENS)
    return [_token(match, text) for match in found]


def _token(match: re.Match[str], readable_text: str) -> Token:
    kind, text = match.lastgroup or "mark", match[0]
    start, end = match.span()
    if kind == "number":
        return Token(kind, text, start, end, int(text[:6]))
    if kind == "shaded" and text[0] == "5" and text.endswith("+"):
        return Token("number", text, start, end, 5)
    if kind == "stars":
        filled = sum(character in "\u2605\u2b50\U0001f31f" for character in text)
        return Token(kind, text, start, end, filled)
    if kind == "emoji":
        return Token(kind, plain_emoji(text.strip()), start, end)
    if kind == "word":
        text = vocabulary().corrected(text)
        return Token(kind, text, start, end, vocabulary().number(readable_text[start:end], text))
    return Token(kind, text, start, end)
