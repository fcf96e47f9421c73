"""The status of a number: normal, of low reliability or missing, and the reason that explains most."""

import pandas as pd
import pytest
from metric_builder import metric

from infra.months import parse_month
from kpi import observations

MONTH = parse_month("2026-10").first_day
PLACE = {"period": MONTH, "level": "service_point", "level_id": "helmi"}
METRICS = {
    "happy_share": {"source_family": "feedback", "interval": "persons", "statistic": "ratio"},
    "completeness": {"source_family": "device", "interval": "none", "statistic": "ratio"},
    "incident_rate": {"source_family": "incident", "interval": "poisson", "statistic": "rate", "per": 1000},
}


def covered(source_family, collection_mode, minutes_share, sources_share=None):
    shares = {"completeness_minutes_share": minutes_share, "completeness_sources_share": sources_share}
    minutes = {"measured_minutes": None, "opening_minutes": None}
    return PLACE | {"source_family": source_family, "collection_mode": collection_mode} | shares | minutes


def status(metric_id, *completeness, mode="device", **changes):
    value = {
        **{"metric_id": metric_id, "metric_version": 1, "collection_mode": mode, "value": 0.7},
        **{"value_status": "observed", "missing_reason": None, "numerator": 70, "denominator": 100},
        **{"sum_of_squares": None, "opening_day_count": 20},
    }
    versions = {(metric_id, 1): metric(metric_id=metric_id, unit="share", **METRICS[metric_id])}
    elsewhere = covered("booking", "booking_system", 1.0)
    [row] = observations.records(
        observations.observed(
            pd.DataFrame([PLACE | value | changes]), {}, pd.DataFrame([elsewhere, *completeness]), versions, "final", ""
        )
    )
    return row["observation_status"], row["status_reason"]


@pytest.mark.parametrize(
    ("minutes_share", "sources_share", "found"),
    [
        (None, None, ("A", None)),
        (0.8, 0.5, ("A", None)),
        (0.79, 1.0, ("U", "partly_measured")),
        (None, 0.5, ("U", "partly_delivered")),
    ],
)
def test_a_number_of_less_than_four_fifths_is_of_low_reliability(minutes_share, sources_share, found):
    assert status("happy_share", covered("feedback", "device", minutes_share, sources_share)) == found


def test_few_answers_of_a_part_of_the_month_are_few_first():
    assert status("happy_share", covered("feedback", "device", 0.4), numerator=7, denominator=9) == (
        "U",
        "fewer_than_minimum",
    )


def test_that_little_was_measured_is_itself_sure():
    assert status("completeness", covered("device", "feedback", 0.4), mode="feedback") == ("A", None)


def test_a_rate_is_as_reliable_as_the_visits_it_is_per():
    of_visits = covered("queue", "queue_system", 0.5)

    assert status("incident_rate", of_visits, mode="incident") == ("U", "partly_measured")


GONE = {"value": None, "value_status": "no_data", "numerator": None, "denominator": None}


@pytest.mark.parametrize(
    ("missing_reason", "minutes_share", "found"),
    [
        ("not_delivered", None, ("L", "not_delivered")),
        ("not_delivered", 0.0, ("L", "dead_device")),
        ("no_observations", 0.3, ("L", "partly_measured")),
        ("no_observations", 1.0, ("M", "no_observations")),
        ("closed", None, ("M", "closed")),
        ("no_source", None, ("L", "no_source")),
    ],
)
def test_a_missing_number_says_what_was_wrong(missing_reason, minutes_share, found):
    covered_so = covered("feedback", "device", minutes_share)

    assert status("happy_share", covered_so, **GONE, missing_reason=missing_reason) == found
