"""Personal data never passes the scrubber; what people say about their visit does."""

import string
import timeit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.scrub.codes import CHECK_CHARACTERS, IBAN_LENGTHS
from ingest.scrub.scrub import mask_codes, scrub

# Words and letters glued to a code must not hide it; a digit or a dash beside it makes another number of it.
context = st.text(alphabet=string.ascii_letters + "åäöÅÄÖ ,.!?\n", max_size=30)


def identity_codes():
    birthdays = st.dates().map(lambda day: f"{day:%d%m%y}")
    return st.builds(identity_code, birthdays, st.sampled_from("+-UVWXYABCDEF"), st.integers(2, 999))


def identity_code(birthday, sign, individual):
    check = CHECK_CHARACTERS[int(f"{birthday}{individual:03}") % 31]
    return f"{birthday}{sign}{individual:03}{check}"


def ibans():
    countries = st.sampled_from(sorted(IBAN_LENGTHS)).flatmap(
        lambda country: st.tuples(
            st.just(country),
            st.text("0123456789", min_size=IBAN_LENGTHS[country] - 4, max_size=IBAN_LENGTHS[country] - 4),
        )
    )
    return st.builds(iban, countries, st.booleans())


def iban(country_and_account, is_grouped):
    country, account = country_and_account
    check = 98 - int(account + "".join(str(int(letter, 36)) for letter in country) + "00") % 97
    compact = f"{country}{check:02}{account}"
    return " ".join(compact[i : i + 4] for i in range(0, len(compact), 4)) if is_grouped else compact


def phones():
    shapes = [
        "040 ### ####", "040-#######", "050#######", "0457 ### ####", "09 ### ####", "(09) ######",
        "013-######", "+358 40 ### ####", "+358(0)50-#######", "+358#########", "00358 45 #######",
        "+46 70-### ## ##",
        "+1 (415) ###-####", "070-### ## ##", "045.###.####", "041/#######",
    ]  # fmt: skip
    return st.sampled_from(shapes).flatmap(filled)


def filled(shape):
    digits = st.text("123456789", min_size=shape.count("#"), max_size=shape.count("#"))
    return digits.map(lambda drawn: shape.replace("#", "{}").format(*drawn))


@given(context, identity_codes(), context)
def test_no_identity_code_survives(before, code, after):
    assert mask_codes(before + code + after) == f"{before}[identity_code]{after}"


@given(st.text(), identity_codes(), st.text())
def test_no_identity_code_survives_beside_anything(before, code, after):
    assert code not in scrub(before + code + after)


@given(context, phones(), context)
def test_no_phone_number_survives(before, phone, after):
    assert mask_codes(before + phone + after) == f"{before}[phone]{after}"


@given(context, ibans(), context)
def test_no_account_number_survives(before, account, after):
    assert mask_codes(f"{before} {account} {after}") == f"{before} [iban] {after}"


@given(context, st.emails(), context)
def test_no_address_survives(before, address, after):
    scrubbed = scrub(f"{before} {address} {after}")

    assert "@" not in scrubbed
    assert "[email]" in scrubbed


@given(st.lists(st.one_of(st.text(max_size=5), identity_codes(), phones(), ibans(), st.emails())).map("".join))
def test_scrubbing_again_changes_nothing(text):
    assert scrub(scrub(text)) == scrub(text)


@pytest.mark.parametrize(
    ("text", "scrubbed"),
    [
        ("Hetuni on 131052-308T ja puhelin 040 123 4567.", "Hetuni on [identity_code] ja puhelin [phone]."),
        ("väärä tarkiste 131052-308U", "väärä tarkiste [identity_code]"),
        (
            "sanelin 131052–308t, 131052A308T ja 131052 308T",
            "sanelin [identity_code], [identity_code] ja [identity_code]",
        ),
        ("etunimi.sukunimi(at)esimerkki.fi", "[email]"),
        ("Ring 070-123 45 67 eller mejla åsa.öberg@exempel.se", "Ring [phone] eller mejla [email]"),
        ("mitt konto är FI21 1234 5600 0007 85, tack", "mitt konto är [iban], tack"),
        ("call me on +44 20 7946 0958 after 09:15", "call me on [phone] after 09:15"),
        ("0401234567,0501234567", "[phone],[phone]"),
        ("(09) 123 4567 klo 9.15", "[phone] klo 9.15"),
        ("puh 05102026, aika 05-10-2026", "puh [phone], aika 05-10-2026"),
    ],
)
def test_what_people_write_in_three_languages_is_scrubbed(text, scrubbed):
    assert scrub(text) == scrubbed


@pytest.mark.parametrize(
    "text",
    [
        "Hyvä palvelu, kiitos!",
        "Y-tunnus 0201256-6 ja 1234567-8, ALV FI02012566",
        "1.2.2026 klo 09.15-16.00, 05.10.2026 09:15, 2026-02-01 ja 2026-03-04",
        "avoinna 0800-1600, 01-02-2026 12, 01022026",
        "maksoi 1 050 000 000 € eikä 0,50 euroa; 3 040 123 456 kr",
        "00100 Helsinki, 02600 Espoo, alueet 00100-00990 ja 02100–02380",
        "vuoronumero A123 vuonna 2026, jono 12 minuuttia, soita 112",
        "betyg 5/5, väntade 45 min på nummer B042",
        "room 3.05, 10-15 minutes, 2 of 3 desks, rated 4",
        "2026-10-05T09:15:00+03:00",
    ],
)
def test_business_ids_dates_times_amounts_postal_codes_and_ticket_numbers_stay(text):
    assert scrub(text) == text


@given(st.dates(), st.times(), st.integers(0, 99_999), st.integers(0, 999), st.integers(1900, 2099))
def test_dates_times_postal_codes_and_ticket_numbers_of_any_value_stay(day, time, postal_code, ticket, year):
    text = f"{day:%d.%m.%Y} klo {time:%H.%M}, {day:%Y-%m-%d} {time:%H:%M}, {postal_code:05} Turku"
    text = f"{text}, A{ticket}, {year}"

    assert mask_codes(text) == text


@pytest.mark.parametrize("text", ["04 " * 1300, "0" * 4000, "131052-308T" * 360, "a@" * 2000, "x" * 3999 + "@"])
def test_a_text_made_to_be_slow_is_not(text):
    quickest_seconds = min(timeit.repeat(lambda: scrub(text), number=1, repeat=3))

    assert quickest_seconds < 0.25


def test_a_mistyped_finnish_account_number_is_scrubbed_too():
    assert scrub("tilini FI22 1234 5600 0007 85") == "tilini [iban]"


def test_letters_and_digits_that_are_no_account_number_stay():
    text = "malli DE12 3456 ja koodi SE46AAAA1111BBBB2222CCCC"

    assert scrub(text) == text
