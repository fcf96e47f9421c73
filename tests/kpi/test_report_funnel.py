"""What a report says of numbers outside the limits of the size class."""

import pytest
from report_builders import release
from report_reading import NBSP, metric_of, page, section_of, words
from report_statistics import position

from kpi.texts import read_texts


@pytest.fixture(scope="module")
def texts():
    return read_texts("fi")


@pytest.fixture(scope="module")
def oulu(texts):
    return page("oulu", texts)


def test_a_number_outside_the_limits_is_told_with_them_and_is_no_verdict(oulu):
    happy = words("<body>" + metric_of(oulu, "satisfaction_happy_share"))

    assert (
        f"Kokoluokan rajat Luku 80,9{NBSP}% on kokoluokan L rajojen yläpuolella: jos vain sattuma erottaisi pisteen"
        f" kokoluokkansa pisteistä (yhteensä 78,5{NBSP}%), luku olisi 95{NBSP}%:n todennäköisyydellä"
        f" välillä 76,5–80,5{NBSP}%. Se on aihe selvittää, mistä ero johtuu"
    ) in happy


def test_outside_the_outer_limits_their_share_is_told_and_the_month_in_brief_names_the_metric(oulu):
    resolved = words("<body>" + metric_of(oulu, "resolved_rate"))

    assert "rajojen alapuolella: jos vain sattuma erottaisi pisteen" in resolved
    assert f"luku olisi 99,8{NBSP}%:n todennäköisyydellä välillä 73,0–79,0{NBSP}%" in resolved
    assert f"Kokoluokan 99,8{NBSP}%:n rajojen ulkopuolella ovat: Asia hoidettu." in section_of(oulu, "lyhyesti")


def test_within_the_limits_nothing_is_said(oulu):
    assert "Kokoluokan rajat" not in words("<body>" + metric_of(oulu, "satisfaction_mean"))


def test_of_two_modes_the_one_outside_is_named(texts):
    made = release(funnel=(position("satisfaction_mean", "sms", "below_95", 3.5, 3.9),))

    mean = words("<body>" + metric_of(page("oulu", texts, made), "satisfaction_mean"))

    assert "Kokoluokan rajat Tekstiviesti: Luku 3,50 on kokoluokan L rajojen alapuolella" in mean


def test_the_position_of_another_point_is_not_told(texts):
    assert "rajojen ulkopuolella" not in section_of(page("aland", texts), "lyhyesti")
