"""Equality: each language, size class and region against all others."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from metric_builder import metric
from statistic_builder import MONTH, cell_of, number, numbers
from statsmodels.stats.proportion import confint_proportions_2indep

from kpi import equality_gaps

METRICS = {
    "resolved": metric(metric_id="resolved", interval="persons", statistic="ratio", unit="share"),
    "mean": metric(metric_id="mean", interval="persons", statistic="mean", unit="score_1_5"),
    "median": metric(metric_id="median", statistic="km_quantile", quantile=0.5, unit="minutes"),
    "visits": metric(metric_id="visits", interval="poisson", statistic="count", unit="count"),
}


def gaps(*found, scales=None, **parts):
    rows = equality_gaps.gaps(numbers(*found, scales=scales), parts, METRICS, MONTH)
    return {(row["dimension"], row["group_code"]): row for row in rows.to_dict("records")}


def region(metric_id, code, value, count, cell=None, **changes):
    return number(metric_id, code, value, count, cell, level="region", **changes)


def test_a_region_is_compared_with_all_others_together_by_newcombe():
    found = gaps(
        region("resolved", "01", 0.5, 100), region("resolved", "02", 0.8, 200), region("resolved", "03", 0.7, 100)
    )
    row = found["region", "01"]
    bounds = confint_proportions_2indep(50, 100, 160 + 70, 300, method="newcomb", compare="diff")

    assert (row["value"], row["others_value"], row["others_observation_count"]) == pytest.approx((0.5, 230 / 300, 300))
    assert (row["lower_bound"], row["upper_bound"]) == pytest.approx(bounds)
    assert row["q_value"] >= row["p_value"]
    assert (row["test"], row["reason"]) == ("two_proportions", None)


def test_two_groups_differ_by_the_same_in_both_directions():
    found = gaps(region("resolved", "01", 0.5, 100), region("resolved", "02", 0.8, 200))

    assert found["region", "01"]["difference"] == pytest.approx(-found["region", "02"]["difference"])
    assert found["region", "01"]["p_value"] == pytest.approx(found["region", "02"]["p_value"])


def test_too_few_answers_are_not_tested_and_say_so():
    row = gaps(region("resolved", "01", 0.5, 4), region("resolved", "02", 0.8, 200))["region", "01"]

    assert (row["reason"], row["difference"]) == ("fewer_than_minimum", pytest.approx(-0.3))
    assert np.isnan(row["p_value"])


def test_groups_whose_devices_have_other_faces_are_not_compared():
    faces = {
        "01": {"overall": {"faces_4": 100}},
        "02": {"overall": {"faces_5": 100}},
        "03": {"overall": {"faces_4": 2, "faces_5": 98}},
    }
    regions = [region("resolved", code, share, 100) for code, share in (("01", 0.5), ("02", 0.8), ("03", 0.7))]
    found = gaps(*regions, scales={(MONTH, "region", "device"): faces})

    assert [found["region", code]["reason"] for code in faces] == ["scales_differ"] * 3
    assert np.isnan(found["region", "01"]["p_value"])
    del faces["01"]
    assert gaps(*regions[1:], scales={(MONTH, "region", "device"): faces})["region", "02"]["reason"] is None


def test_a_region_alone_is_compared_with_nobody_and_counts_are_not_compared():
    assert gaps(region("resolved", "01", 0.5, 100)) == {}
    assert gaps(region("visits", "01", 100, 1), region("visits", "02", 50, 1)) == {}


def waits(seed, pace):
    generator = np.random.default_rng(seed)
    return [np.round(generator.gamma(2, pace, 20)) for _ in range(20)]


def region_of_waits(code, stratum, pace):
    days = waits(stratum, pace)
    median = float(np.median(np.concatenate(days))) / 60
    changes = {"numerator": 400.0, "denominator": 400.0}
    return region("median", code, median, 400, cell_of(days, stratum=stratum), **changes)


def test_waits_of_regions_are_compared_by_opening_day():
    found = gaps(region_of_waits("01", 1, 300), region_of_waits("02", 2, 600), region_of_waits("03", 3, 600))
    row = found["region", "01"]

    assert row["test"] == "clustered_curve"
    assert row["upper_bound"] < 0
    assert row["q_value"] < 0.01
    assert found["region", "02"]["difference"] > 0


def language_rows(metric_id, language, days, **changes):
    return [
        {
            "metric_id": metric_id,
            "metric_version": 1,
            "period": MONTH,
            "stratum": "a",
            "part": language,
            "collection_mode": "device",
            "opening_date": MONTH + timedelta(days=day),
            "duration_seconds": 0.0,
            "numerator": 1.0,
            "denominator": 1.0,
            "sum_of_squares": None,
        }
        | changes
        | one
        for day, ones in enumerate(days)
        for one in ones
    ]


def test_languages_of_response_are_compared_by_answers():
    scores = {"fi": [5, 4, 5, 4, 5, 4, 3, 5, 4, 5, 4, 5], "sv": [3, 2, 3, 4, 2, 3, 3, 2, 4, 3, 2, 3]}
    rows = [
        row
        for language, given in scores.items()
        for row in language_rows("mean", language, [[{"numerator": s, "sum_of_squares": s**2}] for s in given])
    ]
    found = gaps(language=equality_gaps.by_part(pd.DataFrame(rows), METRICS))

    assert found["language", "sv"]["difference"] == pytest.approx(np.mean(scores["sv"]) - np.mean(scores["fi"]))
    assert found["language", "sv"]["test"] == "welch"
    assert found["language", "sv"]["upper_bound"] < 0


def test_who_tells_no_language_is_of_none_and_is_counted():
    answers = {"fi": 30, "sv": 20, "unknown": 40}
    resolved = {"fi": 24, "sv": 10, "unknown": 4}
    rows = [
        row
        for language, count in answers.items()
        for row in language_rows("resolved", language, [[{"numerator": resolved[language], "denominator": count}]])
    ]
    found = gaps(language=equality_gaps.by_part(pd.DataFrame(rows), METRICS))
    not_told = found["language", "unknown"]

    assert found["language", "sv"]["others_value"] == pytest.approx(24 / 30)
    assert found["language", "sv"]["others_observation_count"] == 30
    assert (not_told["observation_count"], not_told["reason"]) == (40, "group_not_told")
    assert np.isnan(not_told["p_value"])


def test_counts_of_customers_are_not_compared_between_groups_of_other_sizes():
    parts = {"breakdowns": ("language", "access"), "interval": "poisson"}
    metrics = {
        name: metric(metric_id=name, unit="count", statistic=statistic, **parts)
        for name, statistic in (("visits", "count"), ("incident_rate", "rate"))
    }

    assert equality_gaps.compared_by("access", metrics) == ["incident_rate"]
    assert equality_gaps.compared_by("service_code", metrics) == []


def test_customers_with_an_appointment_are_compared_with_those_without():
    rows = [
        row
        for seed, (access, pace) in enumerate({"booked": 300, "walk_in": 600}.items())
        for row in language_rows(
            "median", access, [[{"duration_seconds": wait} for wait in np.unique(day)] for day in waits(seed, pace)]
        )
    ]
    found = gaps(access=equality_gaps.by_part(pd.DataFrame(rows), METRICS))

    assert found["access", "booked"]["upper_bound"] < 0
    assert found["access", "booked"]["difference"] == pytest.approx(-found["access", "walk_in"]["difference"])


def test_of_two_versions_side_by_side_languages_are_compared_by_the_one_in_force():
    rows = [
        row
        for version, score in ((1, 4), (2, 1))
        for language in ("fi", "sv")
        for row in language_rows("resolved", language, [[{"numerator": score / 5}]] * 20, metric_version=version)
    ]
    sides = equality_gaps.by_part(pd.DataFrame(rows), METRICS)

    assert {key[:2] for key in sides} == {("resolved", 1)}
    assert sides["resolved", 1, "device", "fi"][0].row["value"] == pytest.approx(0.8)


def test_a_metric_that_is_not_published_is_in_no_family_of_those_that_are():
    published = [region("resolved", "01", 0.7, 100), region("resolved", "02", 0.8, 200)]
    restricted = [region("secret", code, value, 100) for code, value in (("01", 0.5), ("02", 0.5))]
    metrics = METRICS | {"secret": metric(metric_id="secret", interval="persons", unit="share", statistic="ratio")}

    def q_values(is_restricted):
        known = metrics | {"secret": replace(metrics["secret"], restricted=is_restricted)}
        rows = equality_gaps.gaps(numbers(*published, *restricted), {}, known, MONTH)
        return set(rows[rows["metric_id"] == "resolved"]["q_value"].round(9))

    alone = {round(row["q_value"], 9) for row in gaps(*published).values()}

    assert q_values(is_restricted=True) == alone
    assert q_values(is_restricted=False) != alone


def test_languages_are_compared_by_opening_day_where_the_metric_is_of_waits():
    rows = [
        row
        for seed, (language, pace) in enumerate({"fi": 300, "sv": 600, "en": 300}.items())
        for row in language_rows(
            "median", language, [[{"duration_seconds": wait} for wait in np.unique(day)] for day in waits(seed, pace)]
        )
    ]
    found = gaps(language=equality_gaps.by_part(pd.DataFrame(rows), METRICS))

    assert found["language", "sv"]["lower_bound"] > 0
    assert found["language", "fi"]["difference"] < 0


def test_woodruffs_interval_covers_the_median_of_days_that_depend():
    generator = np.random.default_rng(20261104)
    covered = 0

    for _ in range(300):
        pace = generator.normal(0, 0.5, 18)
        days = [np.round(np.exp(6 + own + generator.normal(0, 0.8, 25))) for own in pace]
        sums = {"numerator": 450.0, "denominator": 450.0, "sum_of_squares": 0.0}
        found = equality_gaps.number_of(1, MONTH, "device", sums, cell_of(days), METRICS["median"]).row
        covered += found["lower_bound"] * 60 <= np.exp(6) <= found["upper_bound"] * 60

    assert 0.92 <= covered / 300 <= 0.98
