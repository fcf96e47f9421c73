"""What a coordinator reads in the monthly report of a service point."""

import html as markup
import io
import itertools
import re
from dataclasses import replace
from zoneinfo import ZoneInfo

import pypdf
import pytest
from report_builders import METRICS, missing, observation, release

from infra.errors import ActionNeeded
from kpi import texts as texts_module
from kpi.report_layout import html, pdf
from kpi.report_page import report_content
from kpi.texts import read_texts

HELSINKI = ZoneInfo("Europe/Helsinki")
NBSP = "\u00a0"


@pytest.fixture(scope="module")
def texts():
    return read_texts("fi")


def page(point_id, texts, made=None):
    made = made or release()
    return html("report.html.j2", texts, report=report_content(made, made.service_points[point_id], texts, HELSINKI))


def document(point_id, texts, made=None):
    made = made or release()
    return pdf(report_content(made, made.service_points[point_id], texts, HELSINKI), texts, made.cutoff)


def words(page_of_html):
    """What is read on the page: no tags, no style, runs of white space as one space."""
    body = page_of_html.partition("<body>")[2]
    return re.sub(r"[ \n]+", " ", markup.unescape(re.sub(r"<[^>]+>", " ", body)))


@pytest.fixture(scope="module")
def oulu(texts):
    """The page of a point with numbers of nearly every kind."""
    return page("oulu", texts)


@pytest.fixture(scope="module")
def printed(texts):
    """The same as the text of the PDF."""
    return words_of_pdf(document("oulu", texts))


def words_of_pdf(content):
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return re.sub(r"[ \n\u00a0]+", " ", " ".join(page.extract_text() for page in pages))


def row_of(page_of_html, heading):
    """The text of the first table row that begins with *heading*."""
    rows = re.findall(r"<tr.*?</tr>", page_of_html, flags=re.DOTALL)
    return next(text for text in (words("<body>" + row).strip() for row in rows) if text.startswith(heading))


def section_of(page_of_html, anchor):
    return words("<body>" + page_of_html.partition(f'<h2 id="{anchor}">')[2].partition("</section>")[0])


def metric_of(page_of_html, metric_id):
    """The part of the page about one metric."""
    anchor = metric_id.replace("_", "-")
    return re.split(r"<h[234]", page_of_html.partition(f'id="{anchor}">')[2])[0]


def test_the_report_says_whose_it_is_and_on_what_it_rests(oulu):
    said = words(oulu)

    assert "Oulun asiakaspalvelupiste Asiakaskokemuksen kuukausiraportti, lokakuu 2026" in said
    assert "Kokoluokka L (suuri) Maakunta Pohjois-Pohjanmaa" in said
    assert "Tietojen tila Lopullinen" in said
    assert "saapuneet ennen 10.11.2026 klo 0.00" in said
    assert "Laaduntarkistus (koko maan aineisto) Hyväksytty huomautuksin" in said
    assert "Sisällön tiiviste " + "3f9c1d0b" * 8 in said


def test_each_metric_has_its_value_interval_count_coverage_and_the_month_before(oulu):
    metric = metric_of(oulu, "satisfaction_happy_share")

    now = f"Tämä piste, lokakuu 2026 80,9{NBSP}% 78,9–82,9{NBSP}% 1{NBSP}512 98,2{NBSP}%"
    before = f"Tämä piste, syyskuu 2026 83,3{NBSP}% 81,1–85,5{NBSP}% 1{NBSP}498 98,2{NBSP}%"
    assert row_of(metric, "Tämä piste, lokakuu") == now
    assert row_of(metric, "Tämä piste, syyskuu") == before
    assert row_of(metric, "Kokoluokan L").startswith(f"Kokoluokan L pisteet, lokakuu 2026 79,3{NBSP}%")
    assert row_of(metric, "Koko maa").startswith(f"Koko maa, lokakuu 2026 77,7{NBSP}%")


def test_minutes_scores_and_counts_are_written_with_their_units(oulu):
    queue = metric_of(oulu, "queue_time_median")
    assert row_of(queue, "Tämä piste, lokakuu").startswith(f"Tämä piste, lokakuu 2026 6,4{NBSP}min 5,5–7,3{NBSP}min")
    assert " 4,21 4,17–4,25 " in row_of(metric_of(oulu, "satisfaction_mean"), "Tämä piste, lokakuu")
    assert f" 5{NBSP}120 ei lasketa " in row_of(metric_of(oulu, "visits"), "Tämä piste, lokakuu")


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.metric_id)
def test_every_metric_of_the_release_is_in_both_files_with_its_explanation(metric, oulu, printed):
    said = words(oulu)

    assert metric.names["fi"] in said
    assert metric.explanations["fi"] in said
    assert f"{metric.metric_id}, versio 1" in said
    assert metric.names["fi"] in printed
    assert f"{metric.metric_id}, versio 1" in printed


def test_collection_modes_stand_apart_and_are_named(oulu):
    metric = words("<body>" + metric_of(oulu, "satisfaction_mean"))

    device, sms = metric.split("Keräystapa: tekstiviesti")
    assert "Keräystapa: palautelaite" in device
    assert "4,21" in device
    assert "3,50" in sms
    assert "4,21" not in sms


def test_a_number_of_few_observations_is_flagged_wherever_it_stands(oulu, printed):
    warning = "3,50 epävarma, n < 30"
    assert warning in row_of(oulu, "Yleinen asiakastyytyväisyys, tekstiviesti")
    assert warning in words("<body>" + metric_of(oulu, "satisfaction_mean"))
    assert "luku on epävarma: Yleinen asiakastyytyväisyys, tekstiviesti." in words(oulu)
    assert "epävarma, n < 30" in printed


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


def test_a_queue_time_that_is_not_reached_is_said_to_be_more_than_what_was_measured(texts):
    made = page("aland", texts)

    assert f"yli 34,0{NBSP}min" in row_of(metric_of(made, "queue_time_median"), "Tämä piste, lokakuu")
    assert "Niin moni poistui jonosta" in section_of(made, "puuttuvat")
    assert "<img" not in made


def test_completeness_is_told_in_hours_of_opening_hours_and_unknown_is_not_zero(oulu):
    made = section_of(oulu, "puuttuvat")

    assert f"Jonotus 153,0{NBSP}t 162,0{NBSP}t 94,4{NBSP}% 100{NBSP}%" in made
    assert f"Palaute ei tiedossa ei tiedossa ei tiedossa 100{NBSP}%" in made


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

    assert "Pisteestä ei ole lukua. Pisteellä ei ole tietolähdettä, jolla mittaria kerättäisiin." in words(
        "<body>" + metric
    )
    assert "<table" not in metric


def test_metrics_stand_in_their_own_order_within_the_goal(oulu):
    wanted = ("Jonotusajan mediaani", "Tavoiteajassa kutsutut", "Jonosta poistuneet", "Ajallaan palvellut varaukset")
    said = section_of(oulu, "mittarit")

    assert sorted(wanted, key=said.index) == list(wanted)


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


def test_only_a_mode_that_measures_every_hour_has_its_share_of_the_opening_time(oulu):
    device, sms = words("<body>" + metric_of(oulu, "satisfaction_mean")).split("Keräystapa: tekstiviesti")

    assert f"98,2{NBSP}%" in device
    assert f"98,2{NBSP}%" not in sms
    assert f"100{NBSP}% lähteistä" in sms


def test_supporting_measures_stand_apart_from_the_agreed_ones(oulu):
    assert "Käynnit" not in section_of(oulu, "mittarit")
    assert "Ne eivät ole osa sovittua mittaristoa" in section_of(oulu, "tukevat")
    assert "Käynnit" not in section_of(oulu, "lyhyesti")


def test_no_difference_between_months_is_judged(oulu):
    said = words(oulu)

    assert "Kuukausien välisiä eroja ei ole arvioitu" in said
    assert re.search(r"\b(parani|heikkeni|nousi|laski|kasvoi) ", said) is None


def test_the_chart_says_in_words_and_in_a_table_what_it_draws(oulu):
    alternative = markup.unescape(re.search(r'<img [^>]*alt="([^"]*)"', oulu).group(1))
    assert f"Tämä piste, lokakuu 2026: 6,4{NBSP}min (95{NBSP}%:n luottamusväli 5,5–7,3{NBSP}min" in alternative
    assert f"Tämä piste, syyskuu 2026 6,6{NBSP}min" in section_of(oulu, "kuvio")


def test_a_point_without_queue_times_is_drawn_by_its_satisfaction(texts):
    rows = (observation("satisfaction_mean", "service_point", "aland", "device", 4.4, 0.2),)

    assert "Kuvio: Yleinen asiakastyytyväisyys" in page("aland", texts, release(observations=rows))


def test_names_are_never_read_as_markup(texts):
    made = page("zero", texts)

    assert "<script" not in made
    assert "<h1>Åbo &lt;script&gt;&amp;amp; servicepunkt</h1>" in made
    assert "Åbo <script>&amp; servicepunkt" in words_of_pdf(document("zero", texts))


def test_the_page_needs_no_other_file_and_can_be_read_by_a_screen_reader(oulu):
    assert re.findall(r'(?:src|href)="(?!#|data:)', oulu) == []
    assert oulu.startswith("<!doctype html>")
    assert '<html lang="fi">' in oulu
    assert '<a class="skip" href="#sisalto">' in oulu
    assert oulu.count("<table") == oulu.count("<caption>") > 10
    assert set(re.findall(r"<th (?!scope=)[^>]*>", oulu)) == set()
    levels = [int(level) for level in re.findall(r"<h([1-6])", oulu)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    targets = re.findall(r'href="#([^"]+)"', oulu)
    assert sorted(set(targets) - set(re.findall(r'id="([^"]+)"', oulu))) == []


def test_a_metric_without_a_finnish_name_stops_the_report(texts):
    nameless = replace(METRICS[0], names={"sv": "Nöjdhet"})
    made = release(
        metrics={nameless.metric_id: nameless}, observations=(missing("satisfaction_mean", "oulu", "device", "closed"),)
    )

    with pytest.raises(ActionNeeded, match="metric satisfaction_mean has no text in 'fi'"):
        page("oulu", texts, made)


def test_another_language_costs_one_catalogue(tmp_path, monkeypatch):
    finnish = texts_module.CATALOGUES / "fi" / "LC_MESSAGES" / "pulssi.po"
    swedish = tmp_path / "sv" / "LC_MESSAGES" / "pulssi.po"
    swedish.parent.mkdir(parents=True)
    swedish.write_text(finnish.read_text(encoding="utf-8").replace("Kuukausi lyhyesti", "Månaden i korthet"))
    monkeypatch.setattr(texts_module, "CATALOGUES", tmp_path)

    made = page("oulu", read_texts("sv"))

    assert '<html lang="sv">' in made
    assert "Månaden i korthet" in made
    assert "Oulun asiakaspalvelupiste (sv)" in made


def test_a_provisional_month_says_that_it_may_change(texts):
    assert "Ennakollinen: luvut voivat vielä muuttua" in words(page("oulu", texts, release(status="provisional")))
