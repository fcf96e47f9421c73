"""Finds in a message whether the matter was taken care of, or a yes or a no."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ingest.sms_answers.message import Message

# Voisiko, pitäisi: what would or should be, and is not.
_CONDITIONAL = re.compile(r".{2,}is(?:i|in|it|iko|inko|itko|imme|ivat)(?:han)?")


@dataclass(slots=True)
class Said:
    """What the message says (yes, resolved, "not resolved", unsure ...) and the positions of the words."""

    signs: set[str] = field(default_factory=set)
    used: set[int] = field(default_factory=set)


def read_outcome(message: Message) -> tuple[str | None, set[int], str]:
    """resolved, filed or neither; None with the reason where the message does not say, or says several."""
    said = _said(message, ("resolved", "filed", "unresolved"))
    signs = said.signs
    if "unsure" in signs or _is_conditional(message):
        return None, set(), "unsure"
    done, undone = "resolved" in signs, bool(signs & {"not resolved", "not filed", "unresolved"})
    filed, no = "filed" in signs, "no" in signs
    if (
        "not unresolved" in signs
        or (done and (filed or undone or no))
        or (filed and signs & {"not filed", "unresolved"})
        or ("yes" in signs and (no or undone))
    ):
        return None, set(), "two_answers"
    if filed:
        return "filed", said.used, ""
    if "not_yet" in signs:
        return None, set(), "unsure"
    if done or "yes" in signs:
        return "resolved", said.used, ""
    return ("neither", said.used, "") if no or undone else (None, set(), "nothing_recognised")


def _is_conditional(message: Message) -> bool:
    words = (token.text for token in message.tokens if token.value is None)
    done = (message.words["resolved"], message.words["finished"])
    return any(_CONDITIONAL.fullmatch(word) and not any(word in phrases for phrases in done) for word in words)


def read_yes_no(message: Message) -> tuple[str | None, set[int], str]:
    """yes or no; None with the reason where the message does not say, or says both."""
    said = _said(message, ("able", "unable"))
    yes, no = said.signs & {"yes", "able"}, said.signs & {"no", "not able", "unable", "not unable"}
    if "unsure" in said.signs:
        return None, set(), "unsure"
    if yes and no:
        return None, set(), "two_answers"
    if yes or no:
        return ("yes" if yes else "no"), said.used, ""
    return None, set(), "nothing_recognised"


def _said(message: Message, kinds: Sequence[str]) -> Said:
    said = Said()
    for clause in _clauses(message):
        texts = [message.texts[position] for position in clause]
        said.signs |= _doubts(texts, message)
        signs = set[str]()
        of_other_deeds = "able" in kinds and message.words["other_deeds"].found(texts)
        if not message.words["questions"].found(texts) and not of_other_deeds:
            signs = _signs(texts, message, kinds) or _yes_or_no(texts, clause, message)
        if signs and message.texts[clause[-1] + 1 : clause[-1] + 2] == ["?"]:
            signs = {"unsure"}
        said.signs |= signs
        if signs:
            said.used.update(clause)
    return said


def _doubts(texts: list[str], message: Message) -> set[str]:
    words = message.words
    # "Totta kai" is no doubt, though "kai" is.
    unsure = [
        place for place in words["unsure"].found(texts) if not place or words["yes"].length_at(texts, place - 1) < 2
    ]
    return ({"unsure"} if unsure else set()) | ({"not_yet"} if words["not_yet"].found(texts) else set())


def _clauses(message: Message) -> list[list[int]]:
    """Positions of the words between marks and words like *but*; emoji apart, numbers left out."""
    clauses: list[list[int]] = [[]]
    before = "mark"
    for position, token in enumerate(message.tokens):
        joins = message.has(position, "joiners") and any(not message.has(place, "joiners") for place in clauses[-1])
        opens = joins or message.has(position, "contrasts")
        kind = "mark" if opens else token.kind
        if kind == "mark" or (kind != before and "emoji" in (kind, before)):
            clauses.append([])
        if kind in ("word", "emoji") and token.value is None:
            clauses[-1].append(position)
        before = kind
    return [clause for clause in clauses if clause]


def _signs(texts: list[str], message: Message, kinds: Sequence[str]) -> set[str]:
    """Which kinds of words the clause has, as "not ..." where a negation stands before them."""
    words, signs = message.words, set[str]()
    if "unresolved" in kinds and (places := words["unresolved"].found(texts)):
        end = places[0] + words["unresolved"].length_at(texts, places[0])
        negated = any(text in words["negations"] for text in (*texts[: places[0]], *texts[end:]))
        # "Ei saatu vireille eikä hoidettua, ei kumpaakaan" says no twice, "ei jäänyt hoitamatta" takes a no back.
        return {"not unresolved"} if negated and places[0] and "hoitamatta" in texts else {"unresolved"}
    negations = [position for position, text in enumerate(texts) if text in words["negations"]]
    for kind in kinds:
        for position in words[kind].found(texts):
            end = position + words[kind].length_at(texts, position)
            # "Det kan jag inte", but "hoitui, ei tarvinnut jonottaa" also where the comma is forgotten.
            before = len(texts) if kind == "able" else position
            signs.add(f"not {kind}" if any(negation < before for negation in negations) else kind)
            if negations and negations[-1] == len(texts) - 1 >= end:
                signs.add(f"not {kind}")
    if "resolved" in kinds and (places := words["finished"].found(texts)) and _says_only_that(texts, message):
        signs.add("not resolved" if any(negation < places[0] for negation in negations) else "resolved")
        if negations and negations[-1] > places[0]:
            signs.add("unsure")
    if "resolved" in signs and words["blame"].found(texts):
        signs.add("unsure")  # "huonosti hoidettu" is about how, not whether
    if "filed" in kinds and words["filed_together"].all_within(texts):
        signs.add("not filed" if negations else "filed")
    return signs


def _says_only_that(texts: list[str], message: Message) -> bool:
    """Whether the clause tells of nothing but the matter: all done, not done waiting."""
    allowed = ("finished", "resolved", "matter", "emphasis", "fillers", "negations", "not_yet", "joiners", "yes", "no")
    return all(any(text in message.words[name] for name in allowed) for text in texts)


def _yes_or_no(texts: list[str], clause: list[int], message: Message) -> set[str]:
    """Whether the clause says yes or no and nothing of weight beside."""
    signs: set[str] = set()
    position = 0
    while position < len(texts):
        if _joins(texts, position, clause, message):
            position += 1
            continue
        no, yes = (_length(name, texts, position, message) for name in ("no", "yes"))
        if no or yes:
            signs.add("no" if no >= yes else "yes")
            position += max(no, yes)
        elif texts[position] in message.words["emphasis"] or message.kind(clause[position]) == "emoji":
            position += 1
        else:
            return _ellipsis(texts, message)
    return signs


def _joins(texts: list[str], position: int, clause: list[int], message: Message) -> bool:
    """Whether this is an *and*, which in Finnish is written like the Swedish *yes*."""
    if texts[position] not in message.words["joiners"]:
        return False
    if position and texts[position] in message.words["yes"] and message.language == "sv":
        return False
    following = clause[position] + 1
    before_number = following < len(message.tokens) and message.tokens[following].value is not None
    return before_number or position > 0 or (len(texts) > 1 and message.language != "sv")


def _ellipsis(texts: list[str], message: Message) -> set[str]:
    """ "The passport yes, the identity card not": what is true of a part is no answer."""
    is_part = len(texts) > 1 and (texts[-1] in message.words["no"] or texts[-1] in message.words["yes"])
    return {"unsure"} if is_part else set()


def _length(name: str, texts: list[str], position: int, message: Message) -> int:
    """How long the yes or the no at *position* is, in the languages in which the word means that."""
    words, text = message.words, texts[position]
    if len(text) == 1 and text.isalpha() and sum(token.kind == "word" for token in message.tokens) > 1:
        return 0
    if text == "no" and len(texts) > 1 and message.language != "en":
        return words[f"{name}.fi"].length_at(texts, position)  # Finnish: well
    lengths = {part: words[f"{name}.{part}"].length_at(texts, position) for part in ("fi", "sv", "en", "any")}
    if message.language is not None and text in words["false_friends"]:
        lengths = {part: length for part, length in lengths.items() if part in (message.language, "any")}
    return max(lengths.values(), default=0)
