"""From a text message and the questions it answers to raw values, or to why there are none."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from ingest.sms_answers.message import Message, message
from ingest.sms_answers.outcomes import read_outcome, read_yes_no
from ingest.sms_answers.ratings import Ratings, read_ratings
from ingest.sms_answers.tokens import LONGEST_READ, MOST_TOKENS
from ingest.sms_answers.vocabulary import vocabulary

HIGHEST_ASKED = 5

_NUMBERED = re.compile(r"\s*[1a]\s*[).:]\s*(.+?)[\s,;/]*\b[2b]\s*[).:]\s*(.+)", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Question:
    """A question as the survey asked it; *scale* is one of those in words.yml."""

    code: str
    scale: str


@dataclass(frozen=True, slots=True)
class Answer:
    """*value* is a raw value of the question's scale; None when unclear, and then *reason* says why."""

    question: Question
    value: int | str | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message says: answers in the order of the questions, and the words that are left over.

    *stop* is a wish for no more messages; then nothing else counts.
    """

    kind: Literal["clear", "unclear", "stop"]
    answers: tuple[Answer, ...]
    text: str


def read_answers(text: str, questions: Sequence[Question]) -> Reading:
    """Read a message as the answer to *questions*, asked in that order in one message."""
    read = message(text)
    if _wants_no_more(read):
        return Reading("stop", (), read.plain)
    numbered = _NUMBERED.fullmatch(read.plain) if len(questions) == 2 else None
    if numbered:
        parts = [read_answers(part, [question]) for part, question in zip(numbered.groups(), questions, strict=True)]
        if any(part.kind == "stop" for part in parts):
            return Reading("stop", (), read.plain)
        return _joined([part.answers[0] for part in parts], " ".join(part.text for part in parts if part.text))
    answers, used = _answers(read, questions)
    is_all_read = len(text) <= LONGEST_READ and len(read.tokens) < MOST_TOKENS
    left_over = _left_over(read, used) if used and is_all_read else text
    return _joined(answers, left_over)


def scale_kind(scale: str) -> str:
    """rating, outcome or yes_no; KeyError for a scale that nobody can answer in a text message."""
    return vocabulary().scales[scale].kind


def _joined(answers: Sequence[Answer], text: str) -> Reading:
    is_clear = any(answer.value is not None for answer in answers)
    return Reading("clear" if is_clear else "unclear", tuple(answers), text.strip())


def _wants_no_more(read: Message) -> bool:
    words = read.words
    texts = [token.text for token in read.tokens if token.kind == "word"]
    if words["stop.except"].found(texts):
        return False
    if words["stop.anywhere"].found(texts) or _is_wish_about_messages(read):
        return True
    bare = [token.text for token in read.tokens if token.kind == "word" and token.value is None]
    bare = [text for text in bare if text not in words["fillers"] or text in words["stop.whole"]]
    first = [token.text for token in read.tokens[: _first_mark(read)] if token.kind == "word"]
    if first and words["stop.whole"].length_at(first, 0) == len(first):
        return True
    position = 0
    while position < len(bare) and (length := words["stop.whole"].length_at(bare, position)):
        position += length
    return bool(bare) and position == len(bare)


def _first_mark(read: Message) -> int:
    return next((place for place in range(len(read.tokens)) if read.kind(place) == "mark"), len(read.tokens))


def _is_wish_about_messages(read: Message) -> bool:
    clause: list[str] = []
    for token in read.tokens:
        clause = [] if token.kind == "mark" else [*clause, token.text]
        if token.text in read.words["stop.about"] and any(text in read.words["stop.wish"] for text in clause):
            return True
    return False


def _answers(read: Message, questions: Sequence[Question]) -> tuple[list[Answer], set[int]]:
    rated = [question for question in questions if scale_kind(question.scale) == "rating"]
    answers: dict[str, Answer] = {}
    used: set[int] = set()
    if rated:
        ratings = read_ratings(read, read.words.scales[rated[0].scale].highest)
        answers |= _rating_answers(rated, ratings)
        if any(answer.value is not None for answer in answers.values()):
            used |= ratings.used
    for question in questions:
        if question not in rated:
            reader = read_outcome if scale_kind(question.scale) == "outcome" else read_yes_no
            value, positions, reason = reader(read)
            answers[question.code] = Answer(question, value, reason)
            used |= positions
    told = [answers[question.code] for question in questions]
    if all(answer.reason == "nothing_recognised" for answer in told) and _answers_another(read, questions):
        told = [Answer(answer.question, None, "wrong_question") for answer in told]
    return told, used


def _rating_answers(questions: Sequence[Question], ratings: Ratings) -> dict[str, Answer]:
    values: list[int | None] = [*ratings.values]
    if ratings.problems:
        # "4 tai 5": the second stands where no answer stands, for it is an alternative.
        is_alternative = bool(values) and ratings.problems[0] == "unplaced_number"
        values, reason = [], "two_answers" if is_alternative else ratings.problems[0]
    elif not values:
        reason = "nothing_recognised"
    elif len(questions) == 1 or ratings.for_all:
        reason = "two_answers"
        values = values[:1] * len(questions) if len(set(values)) == 1 else []
    else:
        reason = "which_question" if len(values) < len(questions) else "two_answers"
    if len(values) != len(questions):
        values = [None] * len(questions)
    return {
        question.code: Answer(question, value, "" if value is not None else reason)
        for question, value in zip(questions, values, strict=True)
    }


def _answers_another(read: Message, questions: Sequence[Question]) -> bool:
    """Whether the message would be an answer if something else had been asked."""
    kinds = {scale_kind(question.scale) for question in questions}
    if "rating" not in kinds and read_ratings(read, HIGHEST_ASKED).values:
        return True
    if "outcome" not in kinds and read_outcome(read)[0] is not None:
        return True
    return "yes_no" not in kinds and read_yes_no(read)[0] is not None


def _left_over(read: Message, used: set[int]) -> str:
    """The message without the answer where that stands at its beginning or end; all of it where it stands within."""
    places = range(len(read.tokens))
    first = _after_answer(places, read, used)
    last = len(places) - _after_answer(reversed(places), read, used, takes_cue=True)
    if not any(token.kind == "word" for token in read.tokens[first:last]):
        return ""
    return read.plain[read.tokens[first].start : read.tokens[last - 1].end]


def _after_answer(positions: Iterable[int], read: Message, used: set[int], takes_cue: bool = False) -> int:
    """How many tokens from this end belong to the answer; the word that leads to it stands before it."""
    count, last_kind = 0, ""
    for steps, position in enumerate(positions, 1):
        kind = read.kind(position)
        leads = takes_cue and last_kind != "mark" and read.has(position, "cues")
        adjoins = 0 < count == steps - 1
        if position in used or (adjoins and (kind == "mark" or leads)):
            count = steps
        elif kind != "mark" and not read.has(position, "fillers", "cues", "stars", "joiners"):
            break
        last_kind = kind
    return count
