"""What a coordinator reads in the monthly report of a service point."""

import html as markup
import itertools
import re
from dataclasses import replace

import pytest
from report_builders import METRICS, missing, observation, release
from report_reading import NBSP, document, metric_of, page, row_of, section_of, words, words_of_pdf

from infra.errors import ActionNeeded
from kpi import texts as texts_module
from kpi.texts import read_texts


@pytest.fixture(scope="module")
def texts():
    return read_texts("fi")


@pytest.fixture(scope="module")
def oulu(texts):
    """The page of a point with numbers of nearly every kind."""
    return page("oulu", texts)


@pytest.fixture(scope="module")
def printed(texts):
    """The same as the text of the PDF."""
    return words_of_pdf(document("oulu", texts))


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
    warning = f"3,50 epävarma, n{NBSP}<{NBSP}30"
    assert warning in row_of(oulu, "Yleinen asiakastyytyväisyys, tekstiviesti")
    assert warning in words("<body>" + metric_of(oulu, "satisfaction_mean"))
    assert "luku on epävarma: Yleinen asiakastyytyväisyys, tekstiviesti." in words(oulu)
    assert "epävarma, n < 30" in printed


def test_metrics_stand_in_their_own_order_within_the_goal(oulu):
    wanted = ("Jonotusajan mediaani", "Tavoiteajassa kutsutut", "Jonosta poistuneet", "Ajallaan palvellut varaukset")
    said = section_of(oulu, "mittarit")

    assert sorted(wanted, key=said.index) == list(wanted)


def test_only_a_mode_that_measures_every_hour_has_its_share_of_the_opening_time(oulu):
    device, sms = words("<body>" + metric_of(oulu, "satisfaction_mean")).split("Keräystapa: tekstiviesti")

    assert f"98,2{NBSP}%" in device
    assert f"98,2{NBSP}%" not in sms
    assert f"100{NBSP}% lähteistä" in sms


def test_supporting_measures_stand_apart_from_the_agreed_ones(oulu):
    assert "Käynnit" not in section_of(oulu, "mittarit")
    assert "Ne eivät ole osa sovittua mittaristoa" in section_of(oulu, "tukevat")
    assert "Käynnit" not in section_of(oulu, "lyhyesti")


def test_the_verdict_stands_beside_the_month_before_in_words(oulu, printed):
    overview = section_of(oulu, "lyhyesti")

    assert row_of(overview_rows(oulu), "Yleinen asiakastyytyväisyys 4,21").endswith(" heikkeni")
    assert row_of(overview_rows(oulu), "Tyytyväisten osuus").endswith(" ei näyttöä muutoksesta")
    assert row_of(overview_rows(oulu), "Jonosta poistuneet").endswith(" ei voi verrata (alle viisi aukiolopäivää)")
    assert row_of(overview_rows(oulu), "Asia hoidettu").endswith(" –")
    assert "Arvio muutoksesta: heikkeni." in overview
    assert "heikkeni" in printed


def overview_rows(made):
    return made.partition('<h2 id="lyhyesti">')[2].partition("</section>")[0]


def test_a_metric_says_how_large_the_change_is_and_what_could_have_been_seen(oulu):
    happy = words("<body>" + metric_of(oulu, "satisfaction_happy_share"))

    assert (
        "Muutos edellisestä kuukaudesta Ei näyttöä muutoksesta. Ero on −2,4 prosenttiyksikköä"
        f" (95{NBSP}%:n luottamusväli −5,8 prosenttiyksikköä … +1,0 prosenttiyksikköä) ja voi johtua sattumasta."
        " Muutos olisi todennäköisesti havaittu, jos se olisi ollut vähintään 5,1 prosenttiyksikköä."
    ) in happy
    assert "Muutos vuodentakaisesta Luku parani. Ero on +3,1 prosenttiyksikköä" in happy


def test_modes_are_judged_apart_and_one_that_cannot_be_compared_says_why(oulu):
    mean = words("<body>" + metric_of(oulu, "satisfaction_mean"))

    assert "Palautelaite: Luku heikkeni. Ero on −0,13" in mean
    assert "Tekstiviesti: Lukuja ei voi verrata: tiedot kerättiin aiemmin toisella tavalla." in mean


def test_a_metric_without_direction_is_neither_better_nor_worse(oulu):
    visits = words("<body>" + metric_of(oulu, "visits"))

    assert "Luku kasvoi. Ero on +120" in visits
    assert "Muutos vuodentakaisesta" not in visits


def test_few_answers_are_shown_by_more_months_and_with_peers_beside_their_own_number(oulu):
    mean = words("<body>" + metric_of(oulu, "satisfaction_mean"))

    assert f"Kolmen kuukauden luku Tekstiviesti: 3,71 (95{NBSP}%:n luottamusväli 3,30–4,12, n{NBSP}={NBSP}38)." in mean
    assert f"täydennetty arvio Tekstiviesti: 3,84 (95{NBSP}%:n luottamusväli 3,30–4,12, n{NBSP}={NBSP}12)." in mean
    assert mean.count("Pisteen oma luku kuukaudelta on 3,50") == 2


def test_no_colour_tells_good_from_bad(oulu):
    assert re.search(r'class="[^"]*(better|worse|good|bad)', oulu) is None


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
