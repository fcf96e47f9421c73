"""The scrubber never raises, ends, and changes nothing when it is asked again, whatever the text."""

import string
import timeit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.scrub.scrub import KINDS, scrub
from ingest.scrub.stems import base_forms

PLANTED = {
    "name": ("Matti Meikäläinen", "Korhosta", "Anderssons", "Ahmed", "J. Virtanen", "Toivo Kuula"),
    "address": ("Mannerheimintie 5 A 12", "Storgatan 4", "kauppakatu 12"),
    "plate": ("ABC-123", "auto kjr 451"),
    "case_number": ("DVV/123/2026", "asianumero 44551122", "MIGRI-2026-1234"),
    "birth_date": ("s. 12.3.1985", "född 3 maj 1978", "born 04/05/1981"),
    "phone": ("040 123 4567", "+358 50 765 4321"),
    "email": ("aino@esimerkki.fi",),
    "iban": ("FI21 1234 5600 0007 85",),
    "identity_code": ("131052-308T", "131052y308t"),
}
pieces = st.one_of(
    st.text(max_size=6),
    st.sampled_from([each for kind in PLANTED.values() for each in kind]),
    st.sampled_from(
        ["Virkailija ", "terveisin ", "nimeni on ", ". ", "\n", " van ", "[name]", "[phone] ", "Kela ", "-", "'"]
    ),
)
scrub("Aamu")  # reads the lists, which takes longer than Hypothesis lets an example last
surroundings = st.text(" .,;:!?()\"'»«\n*/", max_size=4)


@given(st.lists(pieces, max_size=12).map("".join))
def test_scrubbing_what_was_scrubbed_changes_nothing(text):
    scrubbed = scrub(text)

    assert scrub(scrubbed) == scrubbed


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data(), before=surroundings, after=surroundings)
def test_each_kind_is_found_in_any_punctuation(kind, data, before, after):
    planted = data.draw(st.sampled_from(PLANTED[kind]))

    assert f"[{kind}]" in scrub(f"asia {before} {planted} {after} hoidettu")


@given(st.text(string.ascii_lowercase + "äö'-", max_size=20))
def test_any_word_has_a_base_form(word):
    assert word in set(base_forms(word))


@pytest.mark.parametrize(
    "text",
    [
        "Aa " * 1300, "Matti " * 650, "van " * 1000, "- " * 2000, "t. " * 1300, "A-" * 2000, "aA-" * 1300, "A. " * 1300,
        "syntynyt " * 440, "s. 1" * 1000, "hakemus A" * 440, "1/2/" * 1000, "AB-1" * 1000, "A 1/" * 1000,
        "katu 1 " * 570, "Vanhan katu 1 " * 280, "Xn Xn Xn " * 440, "x" * 4000, "vuoronumero" * 360, "1 tammi " * 500,
        "a'" * 2000, "1" * 4000, "[name] Aa " * 400, "hakemusasia" * 360,
    ],
)  # fmt: skip
def test_no_text_is_slow(text):
    assert min(timeit.repeat(lambda: scrub(text), number=1, repeat=3)) < 0.25
