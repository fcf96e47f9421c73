"""The labelled texts of the scrubber, their split, and what the scrubber finds and loses in them."""

import contextlib
import csv
import hashlib
import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from ingest.scrub import lexicon as scrub_lexicon
from ingest.scrub import names as scrub_names
from ingest.scrub.stems import base_forms

FOLDER = Path(__file__).with_name("scrub_texts")
MARKED = re.compile(r"\{(\w+)\|([^}]*)\}")
MARK = re.compile(r"\[(identity_code|phone|email|iban|plate|case_number|address|birth_date|name)\]")
WORD = re.compile(r"[^\W_]+")
NAME_LISTS = ("first_names", "first_names_everyday", "last_names", "last_names_everyday")
CODES = ("identity_code", "phone", "email", "iban", "plate", "case_number", "address", "birth_date")


class Labelled(NamedTuple):
    """One text with what must go and the look-alikes ("keep") that must stay, as (kind, start, end)."""

    language: str
    is_held_out: bool
    text: str
    spans: list[tuple[str, int, int]]


def labelled_texts(folder=FOLDER):
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield unmarked(path.stem, row["group"], row["marked_text"])


def unmarked(language, group, marked_text):
    """Texts of one group differ only in their codes, so they are held out together."""
    is_held_out = hashlib.sha256(group.encode()).digest()[0] % 3 == 0
    text, spans, position = "", [], 0
    for match in MARKED.finditer(marked_text):
        text += marked_text[position : match.start()]
        spans.append((match[1], len(text), len(text) + len(match[2])))
        text += match[2]
        position = match.end()
    return Labelled(language, is_held_out, text + marked_text[position:], spans)


def removed_spans(text, scrubbed):
    """What the scrubber took out of *text*, as (kind, start, end)."""
    pieces = MARK.split(scrubbed)
    pattern = re.escape(pieces[0]) + "".join("(.+?)" + re.escape(literal) for literal in pieces[2::2])
    match = re.fullmatch(pattern, text, re.DOTALL)
    return [(kind, *match.span(i + 1)) for i, kind in enumerate(pieces[1::2])]


class Measured:
    """Counts of one set of texts."""

    def __init__(self):
        self.found, self.planted = Counter(), Counter()
        self.right, self.removed = Counter(), Counter()
        self.confusion = Counter()
        self.harmless = self.lost = self.lookalikes = self.lookalikes_lost = 0
        self.missed, self.lost_words = [], []

    def add(self, labelled, scrubbed):
        removed = removed_spans(labelled.text, scrubbed)
        gone = {i for _, start, end in removed for i in range(start, end)}
        for kind, start, end in labelled.spans:
            words = [range(start + w.start(), start + w.end()) for w in WORD.finditer(labelled.text[start:end])]
            is_found = all(i in gone for word in words for i in word)
            if kind == "keep":
                self.lookalikes += 1
                self.lookalikes_lost += any(i in gone for word in words for i in word)
            else:
                self.planted[kind] += 1
                self.found[kind] += is_found
                if not is_found:
                    self.missed.append((kind, labelled.text[start:end], scrubbed))
            marks = [each for each, from_, to in removed if from_ < end and to > start]
            self.confusion[kind, marks[0] if marks else "kept"] += 1
        secret = {i for kind, start, end in labelled.spans if kind != "keep" for i in range(start, end)}
        for kind, start, end in removed:
            self.removed[kind] += 1
            self.right[kind] += any(i in secret for i in range(start, end))
        for word in WORD.finditer(labelled.text):
            if not secret.intersection(range(*word.span())):
                self.harmless += 1
                if gone.intersection(range(*word.span())):
                    self.lost += 1
                    self.lost_words.append((word[0], labelled.text))

    def recall(self, *kinds):
        return sum(self.found[kind] for kind in kinds) / max(1, sum(self.planted[kind] for kind in kinds))

    def precision(self, kind):
        return self.right[kind] / max(1, self.removed[kind])


def measure(scrub, texts):
    measured = Measured()
    for labelled in texts:
        measured.add(labelled, scrub(labelled.text))
    return measured


@contextlib.contextmanager
def without_listed_names(texts):
    """The lists of names without any name of *texts*, nor what it may be a form of: as if all were rare."""
    words = {
        word.lower()
        for each in texts
        for kind, start, end in each.spans
        if kind == "name"
        for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", each.text[start:end])
    }
    gone = {form for word in words for part in [word, *word.split("-")] for form in base_forms(part)}
    lists = {name: scrub_lexicon.listed(name) - gone for name in NAME_LISTS}
    listed = scrub_lexicon.listed
    scrub_lexicon.listed = scrub_names.listed = lambda name: lists.get(name) or listed(name)
    scrub_lexicon.senses.cache_clear()
    yield
    scrub_lexicon.listed = scrub_names.listed = listed
    scrub_lexicon.senses.cache_clear()
