"""Names of persons in free text: by lists, by endings, and by the words around them where no list has the name."""

import itertools
import re
from collections.abc import Iterator
from typing import NamedTuple

from ingest.scrub.lexicon import LANGUAGES, Sense, languages_of, listed, senses

_TOKEN = re.compile(r"\[[a-z_]+\]|[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_STOP = re.compile(r"[.!?:;…\n\"”“»«•|(]|^\s*[-–/*]|\s[-–/]\s")
_JOINED = re.compile(r"[^\S\n]{1,3}")
_AFTER_CUE = re.compile(r"[.:,]?\s{0,2}[-–]?")
_INITIAL = re.compile(r"\.?[^\S\n]{0,2}")


class Token(NamedTuple):
    """A word of the text, where it stands and what it may be."""

    text: str
    start: int
    end: int
    lower: str
    sense: int
    is_capital: bool
    starts_sentence: bool


def scrub_names(text: str) -> str:
    """*text* with each name, of one word or several, replaced by [name]."""
    tokens = _tokens(text)
    marked = [_is_mark(token) or _is_name(text, tokens, i) for i, token in enumerate(tokens)]
    marked = [marked[i] and not _is_mark(token) for i, token in enumerate(tokens)]
    if not any(marked):
        return text
    _widen(text, tokens, marked)
    parts, position = [], 0
    for start, end in _spans(text, tokens, marked):
        parts += [text[position:start], "[name]"]
        position = end
    return "".join([*parts, text[position:]])


def holds_full_name(code: str) -> bool:
    """Whether a code, in small letters, has a first name and a surname beside each other: matti.virtanen-1."""
    parts = re.split(r"[^\w]+|_|[0-9]+", code)
    return any(_is_pair(one, other) or _is_pair(other, one) for one, other in itertools.pairwise(parts))


def _is_pair(first: str, last: str) -> bool:
    if min(len(first), len(last)) < 3 or first not in listed("first_names") or first in listed("places"):
        return False
    sense = senses(last, LANGUAGES)
    return bool(sense & (Sense.LAST | Sense.SHAPE)) and not sense & (Sense.PLACE | Sense.WORD | Sense.SERVICE)


def _tokens(text: str) -> list[Token]:
    found = list(_TOKEN.finditer(text))
    words = [match[0] for match in found if match[0][0] != "["]
    is_shouted = len(words) > 1 and sum(map(str.isupper, words)) * 2 > len(words)
    languages = languages_of([word.lower() for word in words if is_shouted or word.islower()])
    tokens, position = [], 0
    for match in found:
        word, (start, end) = match[0], match.span()
        starts_sentence = position == 0 or _STOP.search(text, position, start) is not None
        sense = Sense.NONE if word[0] == "[" else _sense(word, languages)
        is_capital = word[0].isupper() and not is_shouted
        tokens.append(Token(word, start, end, word.lower(), sense, is_capital, starts_sentence))
        position = end
    return tokens


def _sense(word: str, languages: tuple[str, ...]) -> int:
    sense = senses(word.lower(), languages)
    if "-" not in word or sense & (Sense.NAME | Sense.PLACE | Sense.SERVICE):
        return sense
    return _sense_of_parts([part for part in word.split("-") if part], languages)


def _sense_of_parts(parts: list[str], languages: tuple[str, ...]) -> int:
    each = [senses(part.lower(), languages) for part in parts]
    if any(part & (Sense.SERVICE | Sense.PLACE) and not part & Sense.FIRST for part in each):
        return Sense.SERVICE
    if parts[-1][0].islower() and parts[0][0].isupper():
        if each[-1] & Sense.EXACT and each[0] & (Sense.WORD | Sense.NAME):
            return Sense.LAST  # Ranta-aho
        is_name = each[0] & (Sense.FIRST | Sense.LAST) and not each[0] & Sense.WORD
        return each[0] if is_name else Sense.SERVICE  # Android-puhelimella
    if all(part & (Sense.FIRST | Sense.EVERYDAY) for part in each):
        return Sense.FIRST
    if parts[0][0].isupper() and any(part & Sense.NAME for part in each):
        return Sense.LAST
    return Sense.WORD if all(part & Sense.WORD for part in each) else Sense.NONE


def _is_mark(token: Token) -> bool:
    return token.text[0] == "["


def _is_name(text: str, tokens: list[Token], i: int) -> bool:
    token, sense = tokens[i], tokens[i].sense
    if len(token.text) < 2 or sense & Sense.SERVICE:
        return False
    if _is_called_for(text, tokens, i):
        return True
    if sense & Sense.PLACE and not (sense & Sense.FIRST and sense & Sense.EXACT):
        return False
    if sense & (Sense.FIRST | Sense.LAST):
        return token.is_capital or (len(token.text) > 3 and not sense & Sense.WORD)
    if not token.is_capital or _is_acronym(token):
        return False
    if sense & Sense.EVERYDAY:
        return not token.starts_sentence or not sense & Sense.WORD or _is_acting(text, tokens, i)
    return not sense & Sense.WORD


def _is_acronym(token: Token) -> bool:
    """Short capitals, or capitals within: KELA, OmaVero. A shouted surname is neither."""
    if token.text.isupper():
        return len(token.text) < 6
    return any(map(str.isupper, token.text.split("-")[0][1:]))


def _is_called_for(text: str, tokens: list[Token], i: int) -> bool:
    """Whether the words before tell that a name comes: a title, a cue, a closing."""
    token = tokens[i]
    if i == 0 or (token.is_capital and _is_acronym(token)):
        return False
    gap = text[tokens[i - 1].end : token.start]
    if len(gap) > 4 or not _AFTER_CUE.fullmatch(gap):
        return False
    is_town = token.sense & Sense.PLACE and not token.sense & Sense.NAME
    is_nameless_word = token.sense & Sense.WORD and not token.sense & Sense.NAME
    is_free = token.is_capital and not is_town and not is_nameless_word
    if _is_after(tokens, i, "closings"):
        return is_free
    is_unknown = not token.sense & (Sense.WORD | Sense.PLACE)
    if _is_after(tokens, i, "cues"):
        return is_free or (is_unknown and gap.isspace())
    is_listed = token.sense & (Sense.FIRST | Sense.LAST)
    return tokens[i - 1].lower in listed("titles") and (is_free or bool(is_listed))


def _is_after(tokens: list[Token], i: int, name: str) -> bool:
    """Whether the last one, two or three words before a token are a phrase of the list."""
    phrases, phrase = listed(name), ""
    for each in reversed(tokens[max(0, i - 3) : i]):
        phrase = f"{each.lower} {phrase}" if phrase else each.lower
        if phrase in phrases:
            return True
    return False


def _is_acting(text: str, tokens: list[Token], i: int) -> bool:
    """Whether a name-like word that begins a sentence does what persons do, or stands before a surname."""
    if (
        i + 1 == len(tokens)
        or len(tokens[i].text) < 3
        or not _JOINED.fullmatch(text[tokens[i].end : tokens[i + 1].start])
    ):
        return False
    after = tokens[i + 1]
    if after.is_capital and not after.sense & Sense.SERVICE:
        return bool(tokens[i].sense & Sense.EXACT) and not (after.sense & Sense.PLACE and not after.sense & Sense.NAME)
    return after.lower in listed("person_verbs")


def _widen(text: str, tokens: list[Token], marked: list[bool]) -> None:
    """Mark what belongs to a name: surname after a first name, particles between, a first name before."""
    for i in range(1, len(tokens)):
        if not marked[i] and marked[i - 1] and _are_joined(text, tokens, i):
            marked[i] = _continues(tokens, i)
    for i in range(len(tokens) - 2, -1, -1):
        token = tokens[i]
        if marked[i] or not marked[i + 1] or not tokens[i + 1].is_capital or not _are_joined(text, tokens, i + 1):
            continue
        if token.is_capital and token.sense & Sense.NAME and not token.sense & (Sense.SERVICE | Sense.PLACE):
            marked[i] = bool(token.sense & Sense.EXACT) or not token.starts_sentence


def _continues(tokens: list[Token], i: int) -> bool:
    token, before = tokens[i], tokens[i - 1]
    if token.sense & Sense.SERVICE or _is_mark(token) or len(token.text) < 2:
        return False
    if token.is_capital:
        return not token.sense & Sense.PLACE or bool(token.sense & Sense.NAME) or _is_listed_place(token)
    if token.lower in listed("particles"):
        return i + 1 < len(tokens) and tokens[i + 1].is_capital
    if not before.sense & Sense.FIRST:
        return False
    is_unknown = not before.is_capital and not token.sense & (Sense.WORD | Sense.PLACE)
    return is_unknown or bool(token.sense & Sense.LAST)


def _are_joined(text: str, tokens: list[Token], i: int) -> bool:
    return _JOINED.fullmatch(text, tokens[i - 1].end, tokens[i].start) is not None


def _is_listed_place(token: Token) -> bool:
    """A surname may be a place as it stands, Grankulla; someone's town is inflected: Helsingistä."""
    return token.lower in listed("places")


def _spans(text: str, tokens: list[Token], marked: list[bool]) -> Iterator[tuple[int, int]]:
    i = 0
    while i < len(tokens):
        first = last = i
        i += 1
        if not marked[first]:
            continue
        while i < len(tokens) and marked[i] and _are_joined(text, tokens, i):
            last, i = i, i + 1
        if (
            first
            and _is_initial(tokens[first - 1])
            and _INITIAL.fullmatch(text, tokens[first - 1].end, tokens[first].start)
        ):
            first -= 1
        if i < len(tokens) and _is_initial(tokens[i]) and _are_joined(text, tokens, i):
            last, i = i, i + 1
        yield tokens[first].start, tokens[last].end


def _is_initial(token: Token) -> bool:
    return len(token.text) == 1 and token.text.isupper() and token.text not in "IÅ"
