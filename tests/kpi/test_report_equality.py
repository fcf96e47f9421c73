"""What the national page says of the differences between groups of customers."""

import re
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from report_builders import release
from report_reading import NBSP, row_of, section_of, words
from report_statistics import MONTH

from kpi.released_statistics import EqualityGap
from kpi.report_equality import equality_content
from kpi.report_layout import html
from kpi.reports import write_equality, write_index
from kpi.texts import read_texts

HELSINKI = ZoneInfo("Europe/Helsinki")


def gap(code, difference=0.0, q_value=None, *, dimension="language", **changes):
    """A group with 200 answers whose share is *difference* above the others' 80 %; without *q_value* not tested."""
    is_tested = q_value is not None
    made = EqualityGap(
        metric_id="satisfaction_happy_share",
        metric_version=1,
        period=MONTH.first_day,
        collection_mode="device",
        dimension=dimension,
        group_code=code,
        value=0.8 + difference,
        observation_count=200,
        others_value=0.8,
        others_observation_count=1800,
        difference=difference,
        lower_bound=difference - 0.03 if is_tested else None,
        upper_bound=difference + 0.03 if is_tested else None,
        p_value=q_value,
        q_value=q_value,
        test="two_proportions" if is_tested else None,
        reason=None if is_tested else "fewer_than_minimum",
    )
    return replace(made, **changes)


GAPS = (
    gap("en", 0.01, 0.6),
    gap("fi", 0.04, 0.05),
    gap("se", 0.2, value=1.0, observation_count=2),
    gap("sv", -0.1, 0.001),
    gap("booked", -0.02, 0.6, dimension="access", metric_id="abandonment_rate"),
    gap("L", 0.05, 0.03, dimension="size_class", metric_id="queue_time_median"),
    gap("17", 0.05, 0.03, dimension="region", metric_id="visits"),
    gap("17", 0.05, dimension="region", metric_id="resolved_rate", reason="no_test"),
)


@pytest.fixture(scope="module")
def texts():
    return read_texts("fi")


@pytest.fixture(scope="module")
def national(texts):
    metrics = {name: replace(label, direction="higher") for name, label in release().metrics.items()}
    metrics["queue_time_median"] = replace(metrics["queue_time_median"], direction="lower", unit="share")
    metrics["visits"] = replace(metrics["visits"], direction="undefined", unit="share", decimals=1)
    made = release(equality_gaps=GAPS, metrics=metrics)
    return html("report.html.j2", texts, report=equality_content(made, texts, HELSINKI))


def rows_of_metric(national, anchor):
    part = national.partition(f'id="{anchor}"')[2].partition("</table>")[0]
    return [words("<body>" + row).strip() for row in re.findall(r"<tr.*?</tr>", part, flags=re.DOTALL)]


def test_a_difference_there_is_evidence_of_is_told_with_both_numbers_and_its_interval(national):
    row = row_of(national.partition("erot, joista on näyttöä")[2], "Tyytyväisten osuus")
    swedish = [row for row in rows_of_metric(national, "language-satisfaction-happy-share") if "ruotsi" in row]

    assert row.startswith("Tyytyväisten osuus suomi")
    assert swedish == [
        f"ruotsi 70,0{NBSP}% (n{NBSP}={NBSP}200) 80,0{NBSP}% (n{NBSP}={NBSP}1{NBSP}800)"
        " −10,0 prosenttiyksikköä (−13,0 … −7,0) heikompi kuin muilla"
    ]


def test_customers_with_an_appointment_are_a_group(national):
    assert rows_of_metric(national, "access-abandonment-rate")[-1].startswith("ajanvarauksella ")


def test_five_per_cent_is_evidence_and_more_is_none(national):
    finnish, _, _, english = rows_of_metric(national, "language-satisfaction-happy-share")[2:]

    assert finnish.endswith("parempi kuin muilla")
    assert english.endswith("ei näyttöä erosta")


def test_what_could_not_be_compared_says_why_and_shows_no_number_of_a_few_persons(national):
    (sami,) = [row for row in rows_of_metric(national, "language-satisfaction-happy-share") if "saame" in row]

    assert sami.startswith(f"pohjoissaame – (n{NBSP}={NBSP}2) 80,0{NBSP}%")
    assert sami.endswith("– ei voi verrata (liian vähän havaintoja)")


def test_less_is_better_where_the_metric_says_so_and_without_direction_nothing_is(national):
    assert rows_of_metric(national, "size-class-queue-time-median")[-1].endswith("heikompi kuin muilla")
    assert rows_of_metric(national, "region-visits")[-1].endswith("suurempi kuin muilla")


def test_the_differences_are_counted_by_dimension(national):
    assert (
        "Asiointikieli: näyttöä erosta on 2 vertailussa, kun testattuja vertailuja on 3."
        " Vertailuja, joita ei voitu testata, on 1."
    ) in section_of(national, "lyhyesti")


def test_what_has_no_test_is_not_shown_and_groups_stand_in_one_order(national):
    assert 'id="region-resolved-rate"' not in national
    assert [row.split()[0] for row in rows_of_metric(national, "language-satisfaction-happy-share")[2:]] == [
        "suomi",
        "ruotsi",
        "pohjoissaame",
        "englanti",
    ]


def test_every_table_of_the_page_can_be_read_by_a_screen_reader(national):
    assert national.count("<table") == national.count("<caption>") == 7
    assert set(re.findall(r"<th (?!scope=)[^>]*>", national)) == set()
    anchors = re.findall(r' id="([^"]+)"', national)
    assert len(anchors) == len(set(anchors))


def test_the_index_leads_to_the_page(texts, tmp_path):
    file = write_equality(release(equality_gaps=GAPS), texts, HELSINKI, tmp_path)

    assert f'<a href="{file.name}">Yhdenvertaisuus' in write_index(release(), texts, tmp_path).read_text("utf-8")
