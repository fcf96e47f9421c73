"""The mapping of a real survey: the events say what the file says, and nothing more."""

from collections import Counter
from fractions import Fraction

import pytest

from infra.settings import ROOT
from ingest.contracts import read_contracts
from ingest.files.mapping import FOLDER
from ingest.files.mapping_checks import read_mapping
from ingest.files.reading import read_rows
from ingest.files.report import Report

SURVEY = ROOT.parent / "shared" / "domain" / "real" / "sfo_customer_survey_2016.csv.gz"

pytestmark = pytest.mark.skipif(not SURVEY.exists(), reason=f"the real survey is not there: {SURVEY}")


@pytest.fixture(scope="module")
def events():
    mapping = read_mapping(FOLDER / "sfo_customer_survey_2016.yml", read_contracts())
    report = Report()
    found = [event for unit in read_rows(SURVEY, mapping, report) for event in unit.made.events]
    assert (report.rows, report.skipped) == (3087, {})
    return found


def scores(events, question, point=None):
    return [
        answer["raw_value"]
        for event in events
        for answer in event["data"]["answers"]
        if answer["question_code"] == question and point in (None, event["subject"])
    ]


@pytest.mark.parametrize(
    ("point", "count", "mean"),
    [
        (None, 2919, 4.038027),
        ("boarding_area_a", 806, 4.050868),
        ("boarding_area_b", 253, 3.731225),
        ("boarding_area_g", 554, 4.063177),
    ],
)
def test_overall_satisfaction_is_that_of_the_file(events, point, count, mean):
    found = scores(events, "overall", point)

    assert len(found) == count
    assert float(Fraction(sum(found), len(found))) == pytest.approx(mean, abs=5e-7)


def test_zero_six_and_blank_are_no_answer(events):
    assert set(scores(events, "overall")) == set(scores(events, "safety_physical")) == {1, 2, 3, 4, 5}
    assert len(scores(events, "safety_physical")) == 3011
    assert Counter(len(event["data"]["answers"]) for event in events)[0] == 16


def test_rows_keep_their_day_and_their_own_id(events):
    assert len({event["id"] for event in events}) == 3087
    assert {event["time"][10:] for event in events} == {"T00:00:00-07:00"}
    assert min(event["time"] for event in events)[:10] == "2016-05-06"


def test_nothing_about_the_persons_comes_with_the_answers(events):
    fields = {name for event in events for name in event["data"]}

    assert fields == {"mode", "population", "agency", "wave_id", "language", "answers"}
