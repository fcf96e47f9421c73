"""Finds ratings among the numbers of a message; most numbers that people write are no ratings."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from ingest.sms_answers.message import Message

NEGATION_REACH = 3
CONDITION_REACH = 6
MOST_NUMBERS = 20  # of a message that rates; more would only take time

# What is counted is in the partitive in Finnish (3 tuntia), in the plural in Swedish and English.
_PARTITIVE = re.compile(r".*(?:aa|ta|ia|oa|ua|ya|ka|pa)")
_PLURAL = re.compile(r".{3,}(?:[^s]s|(?:er|or|ar))")
_OPINIONS = ("praise", "blame", "fillers", "emphasis", "function_words", "joiners", "all_questions", "contrasts")
_ANSWERS = ("resolved", "filed", "yes", "no", "negations", "unsure")


@dataclass(slots=True)
class Ratings:
    """The ratings given, in order, and the positions of their tokens; *problems* make none of them count."""

    values: list[int] = field(default_factory=list)
    used: set[int] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)
    for_all: bool = False

    def take(self, value: int | None, highest: int, positions: Iterable[int]) -> None:
        """Note an answer, None for one on another scale."""
        if value is None or not 1 <= value <= highest:
            self.problems.append("not_on_scale")
        else:
            self.values.append(value)
            self.used.update(positions)


def read_ratings(message: Message, highest: int) -> Ratings:
    """What the message rates on a scale from 1 to *highest*."""
    ratings = Ratings()
    if sum(token.value is not None for token in message.tokens) > MOST_NUMBERS:
        ratings.problems.append("two_answers")
        return ratings
    position = 0
    while position < len(message.tokens):
        position += _read_at(position, message, highest, ratings)
    if message.words["between"].found(message.texts):
        ratings.problems.append("two_answers")
    if ratings.values and _contradicts(message, ratings.values, highest):
        ratings.problems.append("contradiction")
    ratings.for_all = bool(message.words["all_questions"].found(message.texts))
    return ratings


def _read_at(position: int, message: Message, highest: int, ratings: Ratings) -> int:
    """Read what begins at *position*; how many tokens that was."""
    token = message.tokens[position]
    if token.kind == "fraction":
        value, most = (int(part) for part in token.text.split("/"))
        ratings.take(value if most == highest else None, highest, [position])
    elif token.kind in ("decimal", "shaded"):
        ratings.problems.append("not_on_scale")
    elif token.kind == "range":
        is_scale = re.sub("[^0-9]", "", token.text) == f"1{highest}"  # "1-5: 4"
        if not is_scale and not _names(position, message):
            ratings.problems.append("two_answers")
    elif token.kind == "stars":
        if len(token.text.replace("\ufe0f", "").replace(" ", "")) > 1:  # one star only adorns
            ratings.take(token.value, highest, [position])
    elif length := message.length_of("top", position):
        ratings.take(highest, highest, range(position, position + length))
        return length
    elif length := message.length_of("bottom", position):
        ratings.take(1, highest, range(position, position + length))
        return length
    elif token.value is not None:
        return _read_number(position, message, highest, ratings)
    return 1


def _read_number(position: int, message: Message, highest: int, ratings: Ratings) -> int:
    value = message.tokens[position].value
    most, length = _out_of(position, message)
    if most is not None:
        ratings.take(value if most == highest else None, highest, range(position, position + length))
    elif _counts(position, message):
        return 1 + message.length_of("units", position + 1)
    elif _names(position, message):
        pass
    elif message.length_of("idioms", position - 1) == 2 and message.kind(position + 1) == "word":
        ratings.problems.append("unplaced_number")
    elif _is_between(position, message, highest):
        ratings.problems.append("not_on_scale")
    elif message.texts[position + 1 : position + 2] == ["?"]:
        ratings.problems.append("unsure")
    elif message.has(position + 1, "alternatives") or message.has(position - 1, "alternatives"):
        ratings.problems.append("two_answers")
    elif _is_not_quite(position, message):
        ratings.problems.append("not_quite")
    elif _is_answer(position, message, ratings):
        ratings.take(value, highest, [position])
    elif not message.has(position, "articles"):
        ratings.problems.append("unplaced_number")
    return length


def _out_of(position: int, message: Message) -> tuple[int | None, int]:
    """The most that "4 out of 5" and the like could be, and how many tokens they are."""
    following = position + 1
    if following < len(message.texts) and message.texts[following] in message.words.most:
        return message.words.most[message.texts[following]], 2
    following += message.length_of("stars", following)
    length = message.length_of("out_of", following)
    last = following + length
    if length and last < len(message.tokens) and message.tokens[last].value is not None:
        return message.tokens[last].value, last - position + 1
    return None, 1


def _counts(position: int, message: Message) -> bool:
    """Whether the number counts something: 3 hours, two visits, the 5th of October."""
    following = position + 1
    if message.texts[following : following + 1] == ["."] and message.kind(position) == "number":
        return bool(message.length_of("ordinals", following + 1))
    if (
        message.kind(following) != "word"
        or message.length_of("stars", following)
        or _is_mark_at_school(position, message)
    ):
        return False
    if message.tokens[position].value == 1 and message.length_of("things", following):
        return True
    # 5G, 2A: not "5p", five points, and not "5hyvä".
    is_glued = message.kind(position) == "number" and message.tokens[position].end == message.tokens[following].start
    if is_glued and (len(message.texts[following]) == 1 or not message.has(following, *_OPINIONS, *_ANSWERS)):
        return True
    is_signature = message.texts[following : following + 2] in (["t", "."], ["t", ":"])
    return bool(message.length_of("units", following) or message.length_of("ordinals", following)) and not is_signature


def _is_mark_at_school(position: int, message: Message) -> bool:
    """Whether it is a noun such as nelonen or fyran, which counts nothing."""
    text = message.texts[position]
    return message.kind(position) == "word" and text.endswith(
        ("nen", "sen", "ne", "sta", "lla", "ma", "man", "rea", "rean", "vaa", "vaan")
    )


def _is_between(position: int, message: Message, highest: int) -> bool:
    """Whether half a step is added or taken: "4 ja puoli", "4 miinus", but not "5 plus"."""
    is_plus_on_top = message.tokens[position].value == highest and message.texts[position + 1 : position + 2] == [
        "plus"
    ]
    return bool(message.length_of("halves", position + 1)) and not is_plus_on_top


def _names(position: int, message: Message) -> bool:
    """Whether the number names something: desk 3, klo 15, Valtakatu 4."""
    previous = position - 1
    if message.kind(previous) == "mark" and message.texts[previous : previous + 1] == ["."]:
        previous -= 1
        return message.has(previous, "abbreviations")
    if message.kind(previous) != "word" or _is_mark_at_school(position, message):
        return False
    text = message.texts[previous]
    return message.has(previous, "places") or any(text.endswith(s) for s in message.words["streets"].single_words)


def _is_not_quite(position: int, message: Message) -> bool:
    """Whether something before it in its clause takes the number back: not 5, almost 5, if it were."""
    start = max(message.clause_start(position), position - CONDITION_REACH)
    conditions = any(message.length_of("not_quite", before) for before in range(start, position))
    return conditions or message.negated(position, NEGATION_REACH)


def _is_answer(position: int, message: Message, ratings: Ratings) -> bool:
    """Whether the number stands where answers stand."""
    stands_alone = _stands_alone(position, message)
    stars = message.length_of("stars", position + 1)
    if message.has(position, "articles") and not stands_alone:
        return bool(stars) and message.kind(position + 1 + stars) == "mark"
    if stars:
        return True
    if _may_be_counted(position, message):
        return False
    before = [place for place in range(position) if not _says_nothing(place, message)]
    if not before or stands_alone:
        return True
    start = _before_fillers(position, message)
    if any(message.length_of("cues", cue) == start + 1 - cue for cue in range(max(0, start - 3), start + 1)):
        return True
    previous = message.tokens[position - 1]
    follows = previous.kind == "mark" or previous.value is not None or message.has(position - 1, "joiners")
    return before[-1] in ratings.used and follows


def _may_be_counted(position: int, message: Message) -> bool:
    """Whether an unlisted word after the number has the form of what is counted."""
    following = position + 1
    if message.kind(following) != "word" or message.tokens[following].value is not None:
        return False
    if message.has(following, *_OPINIONS, *_ANSWERS) or message.has(following + 1, "served"):
        return False
    number, text = message.tokens[position], message.texts[following]
    if number.kind == "word" and not _is_mark_at_school(position, message):
        return True
    counted = message.language in (None, "fi") and _PARTITIVE.fullmatch(text)
    return number.value != 1 and bool(counted or (message.language != "fi" and _PLURAL.fullmatch(text)))


def _says_nothing(place: int, message: Message) -> bool:
    if message.kind(place) in ("mark", "emoji"):
        return True
    return message.has(place, "fillers", "cues", "all_questions", "yes", "no")


def _stands_alone(position: int, message: Message) -> bool:
    """Whether the number ends a clause that says nothing else, or one of praise, blame or another answer."""
    end = position + 1
    while message.kind(end) == "emoji" or message.has(end, "fillers"):
        end += 1
    if message.kind(end) != "mark":
        return False
    previous = _before_fillers(position, message)
    if message.kind(previous) in ("mark", "emoji"):
        return not any(message.has(place, "copulas") for place in range(previous + 1, position))
    if message.tokens[previous].value is not None:
        return True
    return message.has(
        previous, "praise", "blame", "cues", "yes", "no", "resolved", "filed", "joiners", "all_questions"
    )


def _before_fillers(position: int, message: Message) -> int:
    """The last token before the number that says something."""
    previous = position - 1
    while message.has(previous, "fillers", "copulas") and not message.has(previous, "cues"):
        previous -= 1
    return previous


def _contradicts(message: Message, values: list[int], highest: int) -> bool:
    """A low rating beside praise, a high one beside blame: the scale turned round, or irony."""
    if message.words["irony"].found(message.texts):
        return True
    if min(values) != max(values):
        return False
    angry = any(message.kind(place) == "emoji" and message.has(place, "angry") for place in range(len(message.tokens)))
    praised, blamed = _said_plainly("praise", message), angry or _said_plainly("blame", message)
    if praised and blamed and 1 < values[0] < highest:
        return False
    return (praised and values[0] * 2 <= highest) or (blamed and values[0] * 2 > highest + 1)


def _said_plainly(name: str, message: Message) -> bool:
    """Whether such a word is there without a negation before it."""
    return any(not message.negated(place, NEGATION_REACH) for place in message.words[name].found(message.texts))
