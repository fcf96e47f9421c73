"""Base forms a Finnish, Swedish or English word may be inflected from: endings taken off, consonants graded back."""

import re
from collections.abc import Iterator

_POSSESSIVE = re.compile(r"(?<=...)(?:ni|si|mme|nne|ns[aä]|[ae]an|[äe]än)$")
_CLITIC = re.compile(r"(?<=..)(?:k(?:in|aan|ään|o|ö)|han|hän|p[aä])$")
_ENDING = re.compile(r"(?:ll[aeä]|lt[aä]|ss[aä]|st[aä]|n[aä]|ksi|tt[aä]|t[aä]|n|[aä]|t)$")
_ILLATIVE = re.compile(r"(?:(?<=([aeiouyäö]))\1n|h[aeiouyäö]n|seen)$")
_WEAK = (
    ("mm", "mp"), ("nn", "nt"), ("ng", "nk"), ("ll", "lt"), ("rr", "rt"), ("k", "kk"), ("p", "pp"), ("t", "tt"),
    ("d", "t"), ("v", "p"), ("", "k"), ("j", "k"),
)  # fmt: skip
_LAST_SYLLABLE = re.compile(r"(mm|nn|ng|ll|rr|[kptdvj])?([aeiouyäö]{1,2})$")


def base_forms(word: str) -> Iterator[str]:
    """*word*, in small letters, then what it may be a form of: `virtaselle` gives `virtanen` among others."""
    yield word
    if word.endswith(("'s", "’s")):
        word = word[:-2]
        yield word
    elif word.endswith("s") and len(word) > 3:
        yield word[:-1]
    yield from _finnish(word)
    without = _CLITIC.sub("", word) if len(word) > 6 else word
    if without != word:
        yield without
        yield from _finnish(without)


def owned_forms(word: str) -> Iterator[str]:
    """`hetuni` gives `hetu`, `tunnukseni` gives `tunnus`: for words, names are hardly owned."""
    owned = _POSSESSIVE.sub("", word)
    if owned != word:
        yield from base_forms(owned)
        yield from _strong(owned)


def _finnish(word: str) -> Iterator[str]:
    if len(word) < 4:
        return
    for pattern in (_ENDING, _ILLATIVE):
        if (match := pattern.search(word)) and match.start() >= 2:
            stem = word[: match.start()]
            yield from _strong(stem)
            if match[0] == "seen":
                yield stem + "nen"
    if word.endswith(("ta", "tä")) and word[-3:-2] == "s":  # Korhosta
        yield word[:-3] + "nen"


def _strong(stem: str) -> Iterator[str]:
    yield stem
    if stem.endswith("se"):
        yield stem[:-2] + "nen"
        yield stem[:-1]
    if stem.endswith("kse"):
        yield stem[:-3] + "s"
    if stem.endswith(("kaa", "kää")):  # Isokankaalle
        yield stem[:-3] + "gas"
    if stem.endswith(("aa", "ää", "ee")):
        yield stem[:-1] + "s"
        yield stem[:-1]
    if stem.endswith("i") and stem[-2] not in "aeiouyäö":  # Lindroosille
        yield stem[:-1]
    if stem.endswith("e"):
        yield stem[:-1] + "i"
    if found := _LAST_SYLLABLE.search(stem):
        consonant, vowel = found[1] or "", found[2]
        head = stem[: found.start()]
        for weak, strong in _WEAK:
            if weak == consonant:
                yield head + strong + vowel
                if vowel.endswith("e"):
                    yield head + strong + vowel[:-1] + "i"
        if len(vowel) == 2:  # Mäen, Utsjoen: the lost k stood between the vowels
            yield f"{head}{consonant}{vowel[0]}k{vowel[1]}"
            if vowel[1] == "e":
                yield f"{head}{consonant}{vowel[0]}ki"
