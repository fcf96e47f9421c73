"""The metric catalogue as its readers see it: complete in three languages, and silent about nothing."""

import dataclasses
import re
import subprocess
import sys

import pytest

from infra.errors import ActionNeeded
from infra.settings import read_settings
from kpi.build import parse_project
from kpi.definition_sheets import read_labels, sheet_of
from kpi.metric_catalogue import LANGUAGES, metrics_of, read_manifest


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("home")
    parse_project(read_settings({"PULSSI_HOME": str(folder)}))
    return folder


@pytest.fixture(scope="module")
def pages(home):
    """The text of each page by its path, tags taken off."""
    command = [sys.executable, "-m", "infra", "catalogue"]
    result = subprocess.run(
        command, env={"PULSSI_HOME": str(home), "PATH": ""}, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    folder = read_settings({"PULSSI_HOME": str(home)}).output / "catalogue"
    return {
        str(file.relative_to(folder)): re.sub(r"<style>.*?</style>|<[^>]+>", " ", file.read_text(), flags=re.DOTALL)
        for file in folder.rglob("*.html")
    }


@pytest.fixture(scope="module")
def metrics(home):
    return metrics_of(read_manifest(read_settings({"PULSSI_HOME": str(home)})))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_metric_has_a_line_and_a_sheet(pages, metrics, language):
    listed = pages[f"{language}/index.html"]

    assert {path for path in pages if path.startswith(f"{language}/")} == {
        f"{language}/index.html",
        *(f"{language}/{metric_id}.html" for metric_id in metrics),
    }
    assert [metric_id for metric_id in metrics if f" {metric_id} " not in listed] == []


def test_a_sheet_says_what_is_counted_of_what_and_what_to_mind(pages):
    sheet = " ".join(pages["sv/queue_time_within_target_share.html"].split())

    assert "Nämnare (population)" in sheet
    assert "i kraft från" in sheet.lower()
    assert "Målnivå inte fastställd" in sheet
    assert "tickets" in sheet.split("Testat räkneexempel (på engelska)")[1].lower()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fi", "Tunnus lähteessä ei ole Tavoite"),
        ("sv", "Ägare Det nationella kundupplevelseteamet"),
        ("en", "Owner National customer-experience team"),
    ],
)
def test_a_sheet_says_nothing_in_another_language(pages, language, said):
    assert said in " ".join(pages[f"{language}/visits.html"].split())


def test_a_sheet_names_no_breakdown_that_the_metric_has_not(pages):
    sheet = " ".join(pages["fi/answers_per_100_visits.html"].split())

    assert "Lukua ei anneta viranomaisittain" in sheet
    assert "Erittelyt viikonpäivä Luottamusväli" in sheet


def test_a_code_without_a_name_is_told(metrics):
    odd = dataclasses.replace(metrics["visits"], unit="furlongs")

    with pytest.raises(ActionNeeded, match=r"unit 'furlongs' has no name in 'fi': add it to kpi/definition_labels.yml"):
        sheet_of(odd, "fi", read_labels(), (), {})
