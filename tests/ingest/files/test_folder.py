"""A watched folder: each file is brought in once, ends in done or failed, and has a report."""

import json

import pytest
import yaml
from click.testing import CliRunner
from loading import load_all, register, rows
from reading_files import CONTRACTS, FORMS, HEADER, ROW, csv_file

from infra.errors import ActionNeeded
from ingest.files import folder as watched
from ingest.files.command import ingest

pytestmark = pytest.mark.services


@pytest.fixture
def deployment(make_deployment):
    settings, _ = make_deployment()
    register(settings, "turku")
    return settings


@pytest.fixture
def forms(tmp_path):
    """A subfolder with the mapping of forms."""
    folder = tmp_path / "kela"
    folder.mkdir()
    (folder / "mapping.yml").write_text(yaml.safe_dump(FORMS), encoding="utf-8")
    return folder


def handle(settings, root, before=None):
    return [
        (str(each.path.relative_to(root)), each.report.fault)
        for each in watched.handle(settings, root, watched.look(root) if before is None else before, CONTRACTS, 0)
    ]


def test_a_file_goes_to_done_with_its_report_and_one_that_cannot_be_read_to_failed(deployment, forms, tmp_path):
    csv_file(forms, HEADER, ROW, ["2", "tänään", "turku", "4"], name="a.csv")
    csv_file(forms, ["x", "y"], ["1", "2"], name="b.csv")
    (tmp_path / "vero").mkdir()
    csv_file(tmp_path / "vero", HEADER, ROW)

    assert sorted(name for name, _ in handle(deployment, tmp_path)) == [
        "kela/done/a.csv",
        "kela/failed/b.csv",
        "vero/failed/forms.csv",
    ]
    assert load_all(deployment)["accepted"] == 1

    report = json.loads((forms / "done" / "a.csv.report.json").read_text())
    text = (forms / "done" / "a.csv.report.txt").read_text()
    assert (report["rows"], report["points"]["turku"]["new"]) == (2, 1)
    assert report["skipped"] == [{"reason": "aika: not a time like 5.10.2026 (klo 9.15)", "rows": 1, "first_line": 3}]
    assert "2 rows read, 1 events sent, 1 rows skipped" in text
    assert "tänään" not in text
    assert "has no column 'lomake'" in (forms / "failed" / "b.csv.report.txt").read_text()
    assert (
        "vero has no mapping: put a mapping.yml into it" in (tmp_path / "vero/failed/forms.csv.report.txt").read_text()
    )


def test_a_file_that_is_still_being_written_waits(deployment, forms, tmp_path):
    path = csv_file(forms, HEADER, ROW)
    before = watched.look(tmp_path)
    csv_file(forms, HEADER, ROW, ["2", *ROW[1:]])
    for name in (".forms.csv", "~$forms.xlsx", "forms.csv.part", "FORMS.CSV.TMP"):
        csv_file(forms, HEADER, ROW, name=name)

    assert handle(deployment, tmp_path, before) == []
    assert handle(deployment, tmp_path, {}) == []
    assert [name for name, _ in handle(deployment, tmp_path)] == ["kela/done/forms.csv"]
    assert not path.exists()
    assert load_all(deployment)["accepted"] == 2


def test_a_file_whose_way_was_broken_off_before_it_was_put_away_changes_nothing(
    deployment, forms, tmp_path, monkeypatch
):
    csv_file(forms, HEADER, ROW)

    def die(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(watched, "_put_away", die)
        with pytest.raises(KeyboardInterrupt):
            handle(deployment, tmp_path)
    assert handle(deployment, tmp_path) == [("kela/done/forms.csv", None)]
    assert load_all(deployment) == {"accepted": 1, "duplicate": 1, "rejected": 0, "held": 0}

    csv_file(forms, HEADER, ROW)
    assert handle(deployment, tmp_path) == [("kela/done/forms.2.csv", None)]
    assert load_all(deployment)["accepted"] == 0
    assert rows(deployment, "select count(*), count(report) from ops.file_delivery") == [(2, 2)]


def test_a_file_of_which_no_row_fits_its_mapping_has_failed(deployment, forms, tmp_path):
    csv_file(forms, HEADER, ["1", "tänään", "turku", "4"], name="a.csv")
    csv_file(forms, HEADER, name="b.csv")

    assert handle(deployment, tmp_path) == [
        ("kela/failed/a.csv", "no row became an event: is the mapping that of this file?"),
        ("kela/failed/b.csv", "the file has no rows"),
    ]


def test_the_command_says_what_became_of_each_file_and_fails_when_one_did(make_deployment, forms, tmp_path):
    _, environment = make_deployment()
    csv_file(forms, HEADER, ROW, name="a.csv")
    once = ["folder", str(tmp_path), "--seconds", "0.05"]

    done = CliRunner().invoke(ingest, once, env=environment)
    csv_file(forms, ["x"], ["1"], name="b.csv")
    failed = CliRunner().invoke(ingest, once, env=environment)

    assert (done.exit_code, done.stdout) == (0, "kela/done/a.csv: 1 rows read, 1 events sent, 0 rows skipped\n")
    assert failed.exit_code == 1
    assert "kela/failed/b.csv: b.csv has no column 'lomake'" in failed.stdout


def test_following_takes_what_is_put_there_later(deployment, forms, tmp_path):
    handled = watched.follow(deployment, tmp_path, CONTRACTS, seconds=0.05)
    csv_file(forms, HEADER, ROW, name="first.csv")
    assert next(handled).path.name == "first.csv"

    csv_file(forms, ["x"], ["1"], name="second.csv")
    assert not next(handled).is_done


def test_files_wait_where_they_are_when_it_is_not_their_fault(deployment, forms, tmp_path):
    csv_file(forms, HEADER, ROW, name="first.csv")
    assert len(handle(deployment, tmp_path)) == 1
    path = csv_file(forms, HEADER, [*ROW[:3], "1"], name="corrected.csv")

    later = csv_file(forms, HEADER, [*ROW[:3], "2"], name="later.csv")
    other = tmp_path / "vero"
    other.mkdir()
    (other / "mapping.yml").write_text(yaml.safe_dump(FORMS | {"source": "/agencies/vero/forms"}), encoding="utf-8")
    csv_file(other, HEADER, ROW)

    with pytest.raises(ActionNeeded, match=r"first\.csv, which came before, is not loaded yet"):
        handle(deployment, tmp_path)
    assert path.exists()
    assert later.exists()
    assert (other / "done" / "forms.csv").exists()
    later.unlink()

    load_all(deployment)
    assert handle(deployment, tmp_path) == [("kela/done/corrected.csv", None)]
    load_all(deployment)
    assert rows(deployment, "select count(*) from landing.event where event_type = 'correction.amended'") == [(1,)]
