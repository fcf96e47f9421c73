"""What a word may be, by the lists in ingest/scrub/name_lists: a name, a place, a service, a word of the language."""

import gzip
import re
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path

from ingest.scrub.stems import base_forms, owned_forms

FOLDER = Path(__file__).with_name("name_lists")
LANGUAGES = ("fi", "sv", "en")


class Sense:
    """Bits of what a word may be. It can be several things: Lahti is a town, a surname and a bay."""

    NONE = 0
    FIRST = 1
    LAST = 2
    EVERYDAY = 4  # a name that is rather a word: Toivo, Lahja, Virta
    PLACE = 8
    SERVICE = 16
    WORD = 32
    SHAPE = 64  # ends as surnames do: -nen, -mäki, -ström, -enko
    EXACT = 128  # a name as it stands, not inflected
    NAME = FIRST | LAST | EVERYDAY


_NATURE = (
    "mäki|niemi|koski|järvi|salo|saari|lahti|ranta|aho|maa|oja|joki|vaara|harju|kangas|luoma|suo|lampi|pää|korpi|korva|talo"
    "|kivi|perä|virta|vuori|pelto|metsä|laakso|kallio|lehto|rinne|aro|hauta|hovi|kylä|lähde|mänty|kuusi|koivu|haapa|aukio"
    "|tie|vesi|kari|sola|nokka|juuri|laine|aalto|linna|silta|outinen"
)
_SWEDISH = "ström|berg|qvist|kvist|lund|blom|gren|stedt|fors|bäck|holm|gårds?|roos|blad|dahl"
_ELSEWHERE = (
    "ov|ova|ev|eva|enko|chuk|czyk|ski|ska|sky|skaya|yan|ian|zadeh|pour|oğlu|oglu|dottir|sen|vić|vic|wicz|adze|shvili"
)
_SHAPE = re.compile(rf".{{2,}}(?:nen|{_NATURE}|[^aeiouyäö]l[aä]|{_SWEDISH}|sson|näs|strand|stén|{_ELSEWHERE})")
_TAIL = re.compile(rf"(?:{_NATURE}|(?:{_SWEDISH}|vall|kulla)s?)$")


@cache
def listed(name: str) -> frozenset[str]:
    """The words of one list, read at the first need of it."""
    path = FOLDER / f"{name}.txt"
    content = path.read_bytes() if path.exists() else gzip.decompress(path.with_suffix(".txt.gz").read_bytes())
    return frozenset(content.decode().splitlines())


@lru_cache(maxsize=50_000)
def is_word(word: str, language: str) -> bool:
    """Whether *word*, in small letters, is one of the language, inflected or put together of others."""
    words, domain = listed(f"words_{language}"), listed("words_domain")
    if word in words or word in domain or word in listed("titles"):
        return True
    if language == "en":
        return word.endswith(("'s", "’s")) and word[:-2] in words
    forms = {*base_forms(word), *owned_forms(word)}
    if not forms.isdisjoint(domain) or (language == "fi" and any(form in words for form in forms if len(form) > 3)):
        return True
    # Names are put together of hill and lake, Isokangas, and hardly any other word is.
    return not any(_TAIL.search(form) for form in forms) and any(_is_put_together(form, words) for form in forms)


def _is_put_together(word: str, words: frozenset[str], most_parts: int = 3) -> bool:
    domain = listed("words_domain")
    for middle in range(2, len(word) - 2) if len(word) > 6 else ():
        head, tail = word[:middle], word[middle:]
        is_head = head in domain or (head in words and (middle > 2 or head in ("kö", "yö")))
        # Besöks|tid, kansalais|neuvonta: the s that joins.
        if not is_head and not (head[-1] == "s" and (head[:-1] in words or f"{head[:-1]}nen" in words)):
            continue
        if (len(tail) > 3 and tail in words) or tail in domain:
            return True
        if most_parts > 2 and _is_put_together(tail.removeprefix("s"), words, most_parts - 1):
            return True
    return False


@lru_cache(maxsize=50_000)
def senses(word: str, languages: tuple[str, ...]) -> int:
    """All that *word*, in small letters, may be in a text of these languages."""
    is_known = any(word in listed(f"words_{language}") for language in languages)
    exact = _listed_senses(word)
    found = exact
    for form in base_forms(word):
        found |= _listed_senses(form)
        if _SHAPE.fullmatch(form):
            found |= Sense.SHAPE
    if exact & Sense.NAME:
        found |= Sense.EXACT
    if is_known and not exact & (Sense.FIRST | Sense.LAST) and found & (Sense.FIRST | Sense.LAST):
        found = found & ~(Sense.FIRST | Sense.LAST) | Sense.EVERYDAY  # villen, annan: rather the word
    if is_known or (not exact & (Sense.FIRST | Sense.LAST) and any(is_word(word, each) for each in languages)):
        found |= Sense.WORD
    return found


def _listed_senses(form: str) -> int:
    found = Sense.NONE
    for sense, name in _LISTS:
        if form in listed(name):
            found |= sense
    return found


_LISTS = (
    (Sense.FIRST, "first_names"),
    (Sense.EVERYDAY, "first_names_everyday"),
    (Sense.LAST, "last_names"),
    (Sense.EVERYDAY, "last_names_everyday"),
    (Sense.PLACE, "places"),
    (Sense.SERVICE, "services"),
)


def languages_of(words: Iterable[str]) -> tuple[str, ...]:
    """The languages a text may be in: those that know most of its words in small letters; all when none does."""
    counts = dict.fromkeys(LANGUAGES, 0)
    for word in words:
        for language in LANGUAGES:
            counts[language] += word in listed(f"words_{language}")
    most = max(counts.values())
    return tuple(language for language in LANGUAGES if counts[language] == most) if most else LANGUAGES
