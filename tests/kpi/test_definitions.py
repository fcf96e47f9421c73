"""Which edits of the dbt project make months be built again."""

import shutil

import pytest

from infra.settings import ROOT
from kpi import definitions

METRIC = "models/metrics/queue_time_median.yml"


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("project") / "dbt"
    shutil.copytree(ROOT / "dbt", folder, ignore=shutil.ignore_patterns("target"))
    return folder


@pytest.mark.parametrize(
    ("file", "written", "changed", "is_another"),
    [
        (METRIC, "fi: Jonotusaika", "fi: Jono", False),
        (METRIC, "owner: ", "owner: uusi ", False),
        (METRIC, "description: ", "description: another ", False),
        (METRIC, "- name: ", "- name: another_", True),
        (METRIC, "quantile: 0.5", "quantile: 0.6", True),
        (METRIC, "version: 1", "version: 2", True),
        ("models/marts/_marts__models.yml", "description: ", "description: another ", False),
        ("models/metrics/queue_time_median.sql", "select", "select distinct", True),
        ("macros/rollup.sql", "macro", "macro ", True),
        ("dbt_project.yml", "longest_wait_seconds: 14400", "longest_wait_seconds: 7200", True),
        ("dbt_project.yml", "# Parameters", "# The parameters", False),
    ],
)
def test_what_changes_numbers_makes_another_fingerprint_and_texts_do_not(project, file, written, changed, is_another):
    before, text = definitions.digest(project), (project / file).read_text(encoding="utf-8")
    assert written in text

    (project / file).write_text(text.replace(written, changed, 1), encoding="utf-8")

    assert (definitions.digest(project) != before) == is_another
    (project / file).write_text(text, encoding="utf-8")
