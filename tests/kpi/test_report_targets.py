"""What a report says of targets: of an agreed one whether it is reached, of others nothing."""

from dataclasses import replace

import pytest
from report_builders import release
from report_reading import NBSP, metric_of, page, words
from report_statistics import target

from kpi.texts import read_texts


@pytest.fixture(scope="module")
def texts():
    return read_texts("fi")


def told(texts, metric_id, *targets):
    return words("<body>" + metric_of(page("oulu", texts, release(targets=targets)), metric_id))


@pytest.mark.parametrize(
    ("verdict", "sentence"),
    [
        ("reached", f"Tavoite Sovittu tavoite (vähintään 70,0{NBSP}%) on saavutettu."),
        ("not_reached", f"Tavoite Sovittua tavoitetta (vähintään 70,0{NBSP}%) ei ole saavutettu."),
        (
            "cannot_say",
            f"Tavoite Ei voida sanoa, onko sovittu tavoite (vähintään 70,0{NBSP}%) saavutettu:"
            " tavoite on luvun luottamusvälillä.",
        ),
    ],
)
def test_of_an_agreed_target_it_is_said_whether_it_is_reached(texts, verdict, sentence):
    assert sentence in told(texts, "resolved_rate", target("resolved_rate", "device", verdict, 0.7))


def test_a_target_that_is_only_proposed_or_of_another_place_is_not_told(texts):
    proposed = target("resolved_rate", "device", None, 0.7)
    elsewhere = target("resolved_rate", "device", "reached", 0.6, level_id="aland")

    assert "Tavoite " not in told(texts, "resolved_rate", proposed, elsewhere)


def test_a_number_that_cannot_be_judged_says_why_and_of_which_mode(texts):
    few = target("satisfaction_mean", "sms", "cannot_say", 4, reason="fewer_than_minimum")

    assert (
        "Tavoite Tekstiviesti: Ei voida sanoa, onko sovittu tavoite (vähintään 4,00) saavutettu:"
        " liian vähän havaintoja."
    ) in told(texts, "satisfaction_mean", few)


def test_a_target_of_what_should_be_small_is_an_upper_limit(texts):
    metrics = release().metrics
    waits = {"queue_time_median": replace(metrics["queue_time_median"], direction="lower")}
    made = release(targets=(target("queue_time_median", "queue_system", "reached", 10),), metrics=metrics | waits)

    assert f"(enintään 10,0{NBSP}min)" in words(page("oulu", texts, made))
