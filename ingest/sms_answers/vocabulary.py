"""The words of words.yml, made ready to be looked for."""

import functools
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import yaml

FILE = Path(__file__).parent / "words.yml"
SHORTEST_MISTYPED = 5
# Short words have too many neighbours: kvart is not a mistyped klart.
_SHORTEST_CORRECTED = {"yes": 5, "no": 5, "resolved": 7, "filed": 7}
_LETTERS = str.maketrans("äåáàâöøóéèêüúíõñ’´`", "aaaaaoooeeeuuion'''")


def folded(text: str) -> str:
    """Small letters without dots and accents; as many characters as before."""
    small = "".join(letter if len(letter) == 1 else " " for letter in (character.lower() for character in text))
    return small.translate(_LETTERS)


class Phrases:
    """Phrases to be found in a row of words; a word ending in * stands for all its endings."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._phrases = [tuple(folded(str(phrase)).split()) for phrase in phrases]
        self._phrases.sort(key=len, reverse=True)
        # By the first word, or the first letter of a word with many endings: most words begin no phrase.
        self._beginning: dict[str, list[tuple[str, ...]]] = {}
        for words in self._phrases:
            key = f"{words[0][0]}*" if words[0].endswith("*") else words[0]
            self._beginning.setdefault(key, []).append(words)

    def length_at(self, words: Sequence[str], position: int) -> int:
        """How many words the longest phrase beginning at *position* has, 0 if none does."""
        first = words[position]
        phrases = (*self._beginning.get(first, ()), *self._beginning.get(f"{first[:1]}*", ()))
        return max((len(phrase) for phrase in phrases if _fits_at(phrase, words, position)), default=0)

    def all_within(self, words: Sequence[str]) -> list[int]:
        """The last positions of phrases whose words all stand somewhere in *words*, in any order."""
        places = [
            [next((place for place, word in enumerate(words) if _fits(pattern, word)), -1) for pattern in phrase]
            for phrase in self._phrases
        ]
        return [max(found) for found in places if -1 not in found]

    def found(self, words: Sequence[str]) -> list[int]:
        """The positions where a phrase begins."""
        return [position for position in range(len(words)) if self.length_at(words, position)]

    def __contains__(self, word: str) -> bool:
        return bool(word) and self.length_at([word], 0) == 1

    @property
    def words(self) -> set[str]:
        """Every word that a phrase has."""
        return {word for phrase in self._phrases for word in phrase}

    @property
    def single_words(self) -> set[str]:
        return {phrase[0] for phrase in self._phrases if len(phrase) == 1 and not phrase[0].endswith("*")}


class Scale(NamedTuple):
    """*kind* is rating, outcome or yes_no; ratings go from 1 to *highest*."""

    kind: str
    highest: int


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """*phrases* by their names in words.yml, those of one language as name.language; *numbers* by their words."""

    phrases: dict[str, Phrases]
    numbers: dict[str, int]
    not_numbers: frozenset[str]
    most: dict[str, int]
    scales: dict[str, Scale]

    def __getitem__(self, name: str) -> Phrases:
        return self.phrases[name]

    def number(self, written: str, word: str) -> int | None:
        """What the word counts, as it was *written* and as it is meant."""
        return None if written.lower() in self.not_numbers else self.numbers.get(word)

    def corrected(self, word: str) -> str:
        """The word meant, when one letter is wrong, missing, too many or swapped, and only one word could be meant."""
        return _corrected(word)

    def language(self, words: Sequence[str]) -> str | None:
        """The language that most of the words are of; None when they do not say."""
        telling = [word for word in words if word not in self["false_friends"]]
        counts = {
            language: sum(word in self[f"languages.{language}"] for word in telling) for language in ("fi", "sv", "en")
        }
        most, second = sorted(counts.values(), reverse=True)[:2]
        return None if most == second else max(counts, key=lambda language: counts[language])


@functools.cache
def vocabulary() -> Vocabulary:
    # All as text: yes, no and on are words here.
    content = yaml.load(FILE.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    numbers = {folded(word): int(value) for value, words in content.pop("numbers").items() for word in words}
    most = {folded(word): int(value) for word, value in content.pop("most").items()}
    scales = {name: Scale(rule["kind"], int(rule.get("highest", 0))) for name, rule in content.pop("scales").items()}
    phrases: dict[str, Phrases] = {}
    for name, listed in content.items():
        if isinstance(listed, dict):
            phrases |= {f"{name}.{part}": Phrases(words) for part, words in listed.items()}
            listed = [word for words in listed.values() for word in words]
        phrases[name] = Phrases(listed)
    return Vocabulary(phrases, numbers, frozenset(content["not_numbers"]), most, scales)


@functools.lru_cache(maxsize=10_000)
def _corrected(word: str) -> str:
    words = vocabulary()
    if word in words.numbers or word in _known() or any(word in phrases for phrases in words.phrases.values()):
        return word
    for shorter in _without_repeats(word):
        if shorter in words.numbers or any(shorter in words[name] for name in ("yes", "no", "stop.whole")):
            return shorter
    if len(word) < SHORTEST_MISTYPED:
        return word
    meant = [known for known in _correctable() if known[0] == word[0] and _is_mistyped(word, known)]
    values = {words.numbers.get(known, known) for known in meant}
    return meant[0] if len(values) == 1 else word


@functools.cache
def _known() -> frozenset[str]:
    return frozenset(word for phrases in vocabulary().phrases.values() for word in phrases.words)


@functools.cache
def _correctable() -> tuple[str, ...]:
    words = vocabulary()
    short = {word for word in words.numbers if len(word) >= SHORTEST_MISTYPED - 1}
    long = {
        word
        for name, shortest in _SHORTEST_CORRECTED.items()
        for word in words[name].single_words
        if len(word) >= shortest
    }
    return tuple(sorted(short | long))


def _without_repeats(word: str) -> list[str]:
    """The word with letters written three times or more written once, and twice."""
    if not any(word[i] == word[i + 1] == word[i + 2] for i in range(len(word) - 2)):
        return []
    results = []
    for most in (1, 2):
        kept: list[str] = []
        for letter in word:
            if kept[-most:] != [letter] * most:
                kept.append(letter)
        results.append("".join(kept))
    return results


def _is_mistyped(word: str, known: str) -> bool:
    """One letter apart; but an ending more or less is another form of the word, as resolve is of resolved."""
    if known not in vocabulary().numbers and (word.startswith(known) or known.startswith(word)):
        return False
    return _one_letter_apart(word, known)


def _one_letter_apart(one: str, other: str) -> bool:
    if abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    rest, other_rest = one[start:], other[start:]
    return (
        rest[1:] == other_rest
        or rest == other_rest[1:]
        or rest[1:] == other_rest[1:]
        or (rest[:2] == other_rest[1::-1] and rest[2:] == other_rest[2:])
    )


def _fits_at(phrase: tuple[str, ...], words: Sequence[str], position: int) -> bool:
    end = position + len(phrase)
    return end <= len(words) and all(map(_fits, phrase, words[position:end]))


def _fits(pattern: str, word: str) -> bool:
    return word.startswith(pattern[:-1]) if pattern.endswith("*") else word == pattern


def plain_emoji(text: str) -> str:
    """An emoji without skin colour and form of display."""
    return "".join(c for c in text if not unicodedata.category(c).startswith(("Mn", "Sk")) and c != "\u200d")
