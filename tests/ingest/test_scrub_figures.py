"""The scrubber keeps the levels reached on labelled texts; the held-out third was not looked at while it was built."""

import pytest
from scrub_measures import CODES, labelled_texts, measure, without_listed_names

from ingest.scrub.codes import CHECK_CHARACTERS
from ingest.scrub.scrub import scrub

TEXTS = list(labelled_texts())
HELD_OUT = [text for text in TEXTS if text.is_held_out]


def test_the_set_is_large_and_a_third_of_it_is_held_out():
    assert len(TEXTS) >= 1_100
    assert 0.3 < len(HELD_OUT) / len(TEXTS) < 0.37
    assert {text.language for text in HELD_OUT} == {"fi", "sv", "en"}


def test_identity_codes_of_every_century_sign_are_in_the_set_and_of_nobody():
    codes = [
        "".join(text.text[start:end].upper().split()).replace("–", "-")
        for text in TEXTS
        for kind, start, end in text.spans
        if kind == "identity_code"
    ]

    assert {code[6] for code in codes} == set("+-YXWVUABCDEF")
    assert all(CHECK_CHARACTERS[int(code[:6] + code[7:10]) % 31] == code[10] for code in codes)
    assert all(code[7] == "9" for code in codes)  # individual numbers from 900 on are never given


@pytest.mark.parametrize("texts", [HELD_OUT, TEXTS], ids=["held out", "all"])
def test_codes_and_names_are_found_and_harmless_words_stay(texts):
    measured = measure(scrub, texts)

    assert measured.recall(*CODES) >= 0.99, measured.missed
    assert measured.recall("name") >= 0.95, measured.missed
    assert measured.lost / measured.harmless <= 0.02, measured.lost_words


def test_three_of_four_names_are_found_though_no_list_has_them():
    with without_listed_names(TEXTS):
        measured = measure(scrub, HELD_OUT)

    assert measured.recall("name") >= 0.75
