"""The page of intervals and tests says what the code does, and every code has its names."""

import re
from pathlib import Path

import pytest

from kpi.changes import VERDICTS
from kpi.differences import TESTS
from kpi.observations import LEAST_MEASURED_SHARE, MISSING
from kpi.release_labels import code_labels

PAGE = (Path(__file__).parents[2] / "docs" / "statistics.md").read_text(encoding="utf-8")


def test_the_page_has_the_test_of_each_kind_of_number():
    rows = re.findall(r"^\| (\w+) \| ([\w, ]+) \| .* \| `?(\w+)`? \|$", PAGE, flags=re.MULTILINE)
    tabulated = {(interval, statistic): test for interval, statistic, test in rows if test != "none"}

    assert tabulated == TESTS


def test_the_page_explains_every_test():
    explained = set(re.findall(r"^\| `(\w\w+)` \| ", PAGE, flags=re.MULTILINE))

    assert explained == set(TESTS.values())


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        ("test", set(TESTS.values())),
        ("verdict", {*VERDICTS.values(), "changed_up", "changed_down", "no_evidence", "not_comparable"}),
        ("interval_method", {"clustered_mean", "clustered_quotient", "wilson_quotient", "clustered_woodruff"}),
        ("status_reason", {"no_variation", "fewer_than_5_days"}),
    ],
)
def test_every_code_has_its_names(kind, codes):
    named = {label.code: label.attributes["names"] for label in code_labels() if label.kind == kind}

    assert codes <= named.keys()
    assert all(set(named[code]) == {"fi", "sv", "en"} for code in codes)


def test_the_page_has_the_status_of_each_reason_why_a_number_is_missing():
    rows = re.findall(r"^\| `(\w)` \| .* \| (.*) ?\|$", PAGE, flags=re.MULTILINE)
    tabulated = {(reason, status) for status, cell in rows for reason in re.findall(r"`(\w+)`", cell)}
    named = {label.code for label in code_labels() if label.kind == "status_reason"}

    assert {(reason, status) for reason, status in tabulated if status in "LM"} == set(MISSING.items())
    assert {reason for reason, _ in tabulated} <= named
    assert f"less than {LEAST_MEASURED_SHARE:.0%}".replace("%", " %") in PAGE


def test_every_reason_of_the_page_is_a_reason_with_a_name():
    named = {label.code for label in code_labels() if label.kind in ("change_reason", "status_reason")}
    reasons = {"no_earlier_month", "mode_changed", "no_earlier_value", "definition_break", "scale_changed", "no_test"}
    reasons |= {"period_changed", "scales_differ", "group_not_told"}

    assert all(f"`{reason}`" in PAGE for reason in reasons)
    assert reasons | {"coverage_changed", "beyond_range", "fewer_than_minimum"} <= named
