"""Every reason why an event can be set aside is explained in Finnish, Swedish and English."""

import ast

import pytest

from infra.settings import ROOT
from ingest.dead_letters.reasons import LANGUAGES, PLACES_SHOWN, cost, texts


def codes():
    """The reason codes written in the door's modules: first of Refused(...), sixth of Rejection(...)."""
    return {
        code.value
        for path in sorted((ROOT / "ingest").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        for code in {"Refused": node.args[:1], "Rejection": node.args[5:6]}.get(node.func.id, [])
        if isinstance(code, ast.Constant)
    }


def test_the_reasons_explained_are_those_the_door_can_give():
    assert len(codes()) >= 9
    assert set(texts()["reasons"]) == codes()


@pytest.mark.parametrize("code", sorted(texts()["reasons"]))
def test_a_reason_says_in_each_language_what_happened_and_what_to_do(code):
    reason = texts()["reasons"][code]

    assert list(reason) == list(LANGUAGES)
    assert [language for language in LANGUAGES if not {"title", "what", "do"} <= set(reason[language])] == []
    assert len({reason[language]["title"] for language in LANGUAGES}) == 3


def test_the_languages_have_the_same_words():
    def shape(value):
        return {name: shape(inner) for name, inner in value.items()} if isinstance(value, dict) else None

    finnish, *others = ({**words, "at_endings": None} for words in map(texts()["languages"].get, LANGUAGES))

    assert [shape(words) for words in others] == [shape(finnish)] * 2


@pytest.mark.parametrize(
    ("language", "row", "sentence"),
    [
        ("fi", ("press", "Pieksämäen asiakaspalvelupiste", None, 212),
         "212 painallusta Pieksämäen asiakaspalvelupisteessä jäi laskematta."),
        ("fi", ("press", "Kuhmon etäpalvelupiste", None, 2),
         "2 painallusta Kuhmon etäpalvelupisteessä jäi laskematta."),
        ("fi", ("queue", "Kulma", None, 1), "1 jonotapahtuma pisteessä Kulma jäi laskematta."),
        ("fi", ("message", None, "(unreadable)", 12345),
         "12\u00a0345 viestiä tuntemattomasta lähteestä jäi laskematta."),
        ("sv", ("parking", None, "/x/y", 2), "2 händelser från källan /x/y räknades inte."),
        ("en", ("press", "Kulma", None, 1), "1 press at Kulma was not counted."),
        ("en", ("press", "Kulma", None, 12345), "12,345 presses at Kulma were not counted."),
    ],
)  # fmt: skip
def test_the_cost_is_a_sentence(language, row, sentence):
    words = texts()["languages"][language]

    assert cost([row], words["cost"], words) == [sentence]


def test_the_places_after_the_tenth_are_told_together():
    words = texts()["languages"]["en"]

    lines = cost([("press", f"Point {number}", None, 5) for number in range(13)], words["cost"], words)

    assert len(lines) == PLACES_SHOWN + 1
    assert lines[-1] == "In other places 15 together."


def test_when_nothing_is_left_it_says_so():
    words = texts()["languages"]["en"]

    assert cost([], words["cost"], words) == ["No event is uncounted for this reason any more."]
