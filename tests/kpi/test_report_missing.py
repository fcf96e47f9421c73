"""What a report says of the numbers it does not have."""

import re
from dataclasses import replace

import pytest
from report_builders import missing, observation, release
from report_reading import NBSP, document, metric_of, page, row_of, section_of, words, words_of_pdf

from kpi.texts import read_texts


@pytest.fixture(scope="module")
def texts():
    return read_texts("fi")


@pytest.fixture(scope="module")
def oulu(texts):
    """The page of a point with numbers of nearly every kind."""
    return page("oulu", texts)


@pytest.mark.parametrize(
    ("why", "lacking", "metric", "who"),
    [
        (
            "Tietolähde on rekisteröity, mutta",
            "Luku",
            "Tyytyväisten osuus, tekstiviesti",
            "Viestipalvelu Oy.",
        ),
        ("Pisteellä ei ole tietolähdettä", "Luku", "Ajallaan palvellut varaukset", "kehittämistiimi sopii"),
        ("Tietolähde toimi, mutta", "Luku", "Koettu fyysinen turvallisuus, kysely", "tavoittaako keräystapa"),
        ("Havaintoja on alle viideltä", "Luottamusväli", "Jonosta poistuneet", "Ei vaadi toimia"),
        (
            "Havaintoja on vähemmän kuin mittarin vähimmäismäärä, 30.",
            "Luotettavuus",
            "Yleinen asiakastyytyväisyys",
            "kertyy",
        ),
    ],
)
def test_what_is_missing_is_told_with_the_reason_and_who_can_mend_it(why, lacking, metric, who, oulu):
    row = row_of(oulu, why)

    assert f" {lacking} {metric}" in row
    assert who in row


def test_a_metric_that_lacks_several_modes_is_named_once_with_all_of_them(texts):
    modes = ("device", "sms", "paper")
    rows = tuple(missing("satisfaction_mean", "aland", mode, "no_source") for mode in modes)

    row = row_of(page("aland", texts, release(observations=rows)), "Pisteellä ei ole tietolähdettä")

    assert "Luku Yleinen asiakastyytyväisyys (palautelaite, tekstiviesti, paperilomake) Pisteen" in row


def test_a_queue_time_that_is_not_reached_is_said_to_be_more_than_what_was_measured(texts):
    made = page("aland", texts)

    assert f"yli 34,0{NBSP}min" in row_of(metric_of(made, "queue_time_median"), "Tämä piste, lokakuu")
    assert "Niin moni poistui jonosta" in section_of(made, "puuttuvat")
    assert "<img" not in made


def test_completeness_is_told_in_hours_of_opening_hours_and_unknown_is_not_zero(oulu):
    made = section_of(oulu, "puuttuvat")

    assert f"Jonotus 153,0{NBSP}t 162,0{NBSP}t 94,4{NBSP}% 100{NBSP}%" in made
    assert f"Palaute ei tiedossa ei tiedossa ei tiedossa 100{NBSP}%" in made


def test_a_number_of_a_part_of_the_opening_time_is_told_to_be_unsure(texts):
    partly = {"observation_status": "U", "status_reason": "partly_measured", "observation_count": 5}
    row = observation("queue_time_median", "service_point", "oulu", "queue_system", 6.4, 1.8, **partly)
    silent = missing("satisfaction_mean", "oulu", "device", "dead_device")

    made = page("oulu", texts, release(observations=(row, silent)))

    assert "epävarma, mitattu vain osittain" in row_of(metric_of(made, "queue_time_median"), "Tämä piste, lokakuu")
    assert "Luotettavuus Jonotusajan mediaani" in row_of(made, "Aukioloajasta mitattiin niin pieni osa")
    assert "Jonot Oy" in row_of(made, "Aukioloajasta mitattiin niin pieni osa")
    assert "Laitetoimittaja Oy" in row_of(made, "Laitteelta tai järjestelmältä ei saatu kuukauden aikana mitään")
    assert "Havaintoja on niin vähän" not in section_of(made, "lyhyesti")


def test_a_break_in_measuring_is_told_first_and_with_who_can_mend_it(oulu):
    broken = row_of(
        oulu, f"Tietolähteeltä ei saatu määräaikaan mennessä tietoja koko aukioloajalta: mitattu osuus on 94,4{NBSP}%."
    )

    assert "Osa mittauksesta Mittauksen kattavuus, jonotus" in broken
    assert "Tietolähteen omistaja: Jonot Oy." in broken
    assert f"Mittauksessa oli katkoja (jonotus): aukioloajasta mitattiin 94,4{NBSP}%." in section_of(oulu, "lyhyesti")


def test_a_collection_mode_that_only_others_have_is_told_as_missing(texts):
    own = observation("satisfaction_mean", "service_point", "aland", "device", 4.4, 0.2)
    country = observation("satisfaction_mean", "national", "national", "sms", 3.9, 0.1)

    made = page("aland", texts, release(observations=(own, country)))

    assert "Yleinen asiakastyytyväisyys, tekstiviesti" in row_of(made, "Pisteellä ei ole tietolähdettä")


def test_a_metric_without_a_number_says_why_in_place_of_a_table(oulu):
    metric = metric_of(oulu, "booked_on_time_share")

    assert "Pisteestä ei ole lukua. Pisteellä ei ole tietolähdettä, josta mittarin tiedot saataisiin." in words(
        "<body>" + metric
    )
    assert "<table" not in metric


def test_a_point_without_data_gets_a_report_that_says_so_and_why(texts):
    made = page("zero", texts)

    assert "Pisteestä ei ole yhtään lukua lokakuulta 2026." in words(made)
    assert "Jonotusajan mediaani" in row_of(made, "Piste oli suljettu koko kuukauden.")
    assert "Kuukausi lyhyesti" not in words(made)
    assert "Pisteestä ei ole yhtään lukua" in words_of_pdf(document("zero", texts))


def test_a_metric_that_the_release_has_no_row_of_for_the_point_is_missing_too(texts):
    assert "Mittauksen kattavuus" in row_of(page("zero", texts), "Mittaria ei ole laskettu tälle pisteelle")


def test_a_number_that_is_not_free_to_publish_is_not_printed(texts):
    hidden = observation("resolved_rate", "service_point", "aland", "device", 0.4321, 0.02, confidentiality_status="C")
    assert hidden.observation_count == 1512
    made = release(observations=(hidden,))

    printed = page("aland", texts, made) + words_of_pdf(document("aland", texts, made))

    assert re.search("43,2|42,2|44,2|1.512", printed) is None
    assert "ei julkaista" in printed


def test_a_metric_of_agencies_is_not_missing_at_a_point(texts):
    made = release()
    complaints = replace(made.metrics["resolved_rate"], metric_id="complaint_count", lowest_level="agency")
    complaints = replace(complaints, names={"fi": "Kantelut"})

    said = words(page("oulu", texts, replace(made, metrics=made.metrics | {"complaint_count": complaints})))

    assert said.count("Kantelut") == 1
    assert "Näitä sovittuja mittareita ei lasketa pisteittäin: Kantelut." in said
