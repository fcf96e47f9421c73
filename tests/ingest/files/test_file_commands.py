"""The commands for files, and the example of their documentation."""

import json
import re

import pytest
from click.testing import CliRunner
from reading_files import HEADER, ROW, csv_file, mapping_of

from infra.errors import ActionNeeded
from infra.settings import ROOT
from ingest.files.command import ingest


@pytest.fixture
def run():
    runner = CliRunner()
    return lambda *words: runner.invoke(ingest, [str(word) for word in words], catch_exceptions=False)


def test_the_example_of_the_documentation_does_what_it_says(run, tmp_path):
    text = (ROOT / "docs" / "files.md").read_text(encoding="utf-8")
    mapping = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)[1]
    header, row = re.search(r"`(vastaaja;[^`]*)` / `([^`]*)`", text).groups()
    (tmp_path / "survey.yml").write_text(mapping, encoding="utf-8")
    (tmp_path / "survey.csv").write_text(f"{header}\n{row}\n", encoding="iso-8859-1")

    result = run("file", tmp_path / "survey.csv", "--mapping", tmp_path / "survey.yml", "--dry-run")

    event = json.loads(result.stdout.splitlines()[0])
    assert (event["time"], event["subject"]) == ("2026-10-05T09:15:00+03:00", "turku")
    assert (event["data"]["agency"], event["data"]["answers"][0]["raw_value"]) == ("kela", 4)


@pytest.mark.parametrize(("content", "says"), [("a;b\n", "is not JSON"), ("[]", "points: missing"), ("{}", "points: ")])
def test_a_count_table_is_made_of_a_report_only(run, tmp_path, content, says):
    (tmp_path / "report.json").write_text(content, encoding="utf-8")

    with pytest.raises(ActionNeeded, match=f"{says}.*give a report that pulssi ingest file --report"):
        run("counts", tmp_path / "report.json")


def test_a_report_is_kept_and_shown_as_a_table(run, tmp_path):
    mapping_of(tmp_path)
    path = csv_file(tmp_path, HEADER, ROW, ROW, ["2", "tänään", "salo", "4"])

    dry = run("file", path, "--mapping", tmp_path / "forms.yml", "--dry-run", "--report", tmp_path / "report.json")
    shown = run("counts", tmp_path / "report.json")

    assert "3 rows read, 2 events made, 1 rows skipped" in dry.stderr
    assert [line.split() for line in shown.stdout.splitlines()] == [
        ["point", "rows", "new", "duplicate", "as_before", "amended", "aside", "1"],
        ["salo", "1", "0", "0", "0", "0", "1"],
        ["turku", "2", "1", "1", "0", "0", "0"],
        ["all", "3", "1", "1", "0", "0", "1"],
        ["aside", "1:", "aika:", "not", "a", "time", "like", "5.10.2026", "(klo", "9.15)"],
    ]


def test_a_template_comes_with_the_mapping_that_reads_it(run, tmp_path):
    made = run("template", "--language", "sv", "--output", tmp_path / "blankett.xlsx")
    read = run("file", tmp_path / "blankett.xlsx", "--mapping", tmp_path / "blankett.yml", "--dry-run")

    assert "9 questions" in made.stdout
    assert "0 rows read, 0 events made, 0 rows skipped" in read.stderr
    assert "hidden sheets were not read: Listor" in read.stderr
