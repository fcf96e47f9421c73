"""A real survey from its file to the release: every stage between is the one that other months go through."""

import subprocess
import sys
from pathlib import Path

import pytest

from infra import database
from infra.settings import ROOT

SURVEY = ROOT.parent / "shared" / "domain" / "real" / "sfo_customer_survey_2016.csv.gz"
DEPLOYMENT = ROOT / "infra" / "deployments" / "sfo_2016"
MAPPING = ROOT / "ingest" / "mappings" / "sfo_customer_survey_2016.yml"
COMMANDS = [
    "reference load {deployment}",
    "ingest file {survey} --mapping {mapping}",
    "ingest file {survey} --mapping {mapping}",
    "load",
    "ledger",
    "gate landing 2016-05",
    "build 2016-05 --stage marts",
    "gate marts 2016-05",
    "build 2016-05 --stage metrics",
    "gate metrics 2016-05",
    "estimate 2016-05",
    "gate release 2016-05",
    "release 2016-05",
]

pytestmark = [
    pytest.mark.services,
    pytest.mark.skipif(not SURVEY.exists(), reason=f"the real survey is not there: {SURVEY}"),
]


@pytest.fixture(scope="module")
def released(make_deployment):
    """The settings of a deployment that has gone from the file to a release, and what the commands said."""
    settings, environment = make_deployment(PULSSI_DEPLOYMENT=str(DEPLOYMENT))
    return settings, [run(command, environment) for command in COMMANDS]


def run(command, environment):
    words = command.format(deployment=DEPLOYMENT, survey=SURVEY, mapping=MAPPING).split()
    pulssi = Path(sys.executable).parent / "pulssi"
    result = subprocess.run([pulssi, *words], env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, f"pulssi {command}\n{result.stdout}{result.stderr}"
    return result.stdout


def observations(settings, metric_id):
    query = """
        select level_id, observation_count, value from publish.observation
        where metric_id = %s and period = '2016-05-01' and collection_mode = 'survey' and value is not null
    """
    with database.connect(settings) as connection:
        return {row[0]: (row[1], float(row[2])) for row in connection.execute(query, (metric_id,))}


def test_the_same_file_twice_counts_nothing_twice(released):
    outputs = dict(zip(COMMANDS, released[1], strict=True))

    assert "3087 accepted, 3087 duplicate, 0 rejected, 0 held" in outputs["load"]
    assert "balanced" in outputs["ledger"]


def test_the_release_says_what_the_file_says(released):
    means = observations(released[0], "satisfaction_mean")

    assert means["national"] == (2919, pytest.approx(4.038027, abs=5e-7))
    assert means["boarding_area_a"] == (806, pytest.approx(4.050868, abs=5e-7))
    assert means["boarding_area_b"] == (253, pytest.approx(3.731225, abs=5e-7))
    assert means["boarding_area_g"] == (554, pytest.approx(4.063177, abs=5e-7))
    assert observations(released[0], "satisfaction_happy_share")["national"] == (2919, pytest.approx(0.80987, abs=5e-6))
    assert observations(released[0], "customer_safety_physical_mean")["national"] == (
        3011,
        pytest.approx(4.378944, abs=5e-7),
    )


def test_the_month_before_the_wave_claims_no_other_mode_than_the_survey(released):
    query = """
        select distinct collection_mode, status_reason, observation_status from publish.observation
        where metric_id = 'satisfaction_mean' and period = '2016-04-01'
    """
    with database.connect(released[0]) as connection:
        assert connection.execute(query).fetchall() == [("survey", "no_wave", "L")]


def test_measures_nobody_collected_are_missing_and_not_zero(released):
    assert observations(released[0], "resolved_rate") == {}
