"""Feeds: an agency gets its own rows and the public totals, the same bytes each time, every column explained."""

import csv
import json
from dataclasses import replace

import pytest
from click.testing import CliRunner
from hand_made_warehouse import MONTH, build, cutoff, gate

from infra import database
from kpi.estimate import estimate_month
from kpi.feed import CHANGE_COLUMNS, COLUMNS, feed, files, write_in_place
from kpi.published import read_release
from kpi.release import release_month


@pytest.fixture(scope="module")
def released(make_deployment):
    """(settings, environment) of a deployment with a release of October."""
    settings, environment = make_deployment()
    build(settings)
    estimate_month(settings, MONTH, cutoff(settings), "final")
    gate(settings, "release")
    release_month(settings, MONTH, cutoff(settings), "final")
    return settings, environment


def write_feeds(released):
    settings, environment = released
    result = CliRunner(env=environment).invoke(feed, ["2026-10"], catch_exceptions=False)
    return result, settings.output / "feed" / "2026-10.1"


def observations(folder, agency):
    return json.loads((folder / agency / "observations.json").read_text())["observations"]


@pytest.mark.services
def test_an_agency_sees_its_own_rows_and_public_totals_and_no_point(released):
    result, folder = write_feeds(released)

    assert "2026-10.1: feeds of 2 agencies" in result.output
    seen = {(row["AREA_LEVEL"], row["REF_AREA"]) for row in observations(folder, "kela")}
    assert seen == {("agency", "kela"), ("national", "national"), ("region", "10"), ("size_class", "M")}
    assert ("agency", "kela") not in {(row["AREA_LEVEL"], row["REF_AREA"]) for row in observations(folder, "vero")}


@pytest.mark.services
def test_csv_and_json_say_the_same(released):
    _, folder = write_feeds(released)

    with (folder / "kela" / "observations.csv").open(newline="") as file:
        from_csv = list(csv.DictReader(file))

    plain = [
        {name: "" if value is None else str(value) for name, value in row.items()}
        for row in observations(folder, "kela")
    ]
    assert from_csv == plain


@pytest.mark.services
def test_numbers_and_names_are_those_of_the_release(released):
    _, folder = write_feeds(released)
    with database.connect(released[0]) as connection:
        release = read_release(connection, MONTH)
    [expected] = [row for row in release.of("agency", "kela") if row.metric_id == "queue_time_median"]

    [row] = [
        row
        for row in observations(folder, "kela")
        if (row["AREA_LEVEL"], row["INDICATOR"]) == ("agency", "queue_time_median")
    ]

    assert (row["OBS_VALUE"], row["LOWER_BOUND"], row["OBS_COUNT"]) == (expected.value, expected.lower_bound, 80)
    assert row["UNIT_MEASURE"] == "minutes"


@pytest.mark.services
def test_the_changes_of_what_an_agency_sees_are_told_with_their_verdicts(released):
    _, folder = write_feeds(released)
    with database.connect(released[0]) as connection:
        release = read_release(connection, MONTH)
    [expected] = [
        row
        for row in release.changes
        if (row.metric_id, row.level, row.level_id, row.comparison) == ("abandonment_rate", "agency", "kela", "month")
    ]

    changes = json.loads((folder / "kela" / "changes.json").read_text())["changes"]

    [row] = [
        row
        for row in changes
        if (row["AREA_LEVEL"], row["INDICATOR"], row["COMPARISON"]) == ("agency", "abandonment_rate", "month")
    ]
    told = ("VERDICT", "VERDICT_REASON", "DIFFERENCE", "SMALLEST_VISIBLE", "COMPARED_PERIOD")
    assert tuple(row[column] for column in told) == (
        expected.verdict,
        expected.reason,
        expected.difference,
        expected.smallest_detectable_change,
        "2026-09",
    )
    assert {(row["AREA_LEVEL"], row["REF_AREA"]) for row in changes} == {
        (row["AREA_LEVEL"], row["REF_AREA"]) for row in observations(folder, "kela")
    }


@pytest.mark.services
def test_every_code_of_a_change_is_in_the_dictionary(released):
    with database.connect(released[0]) as connection:
        release = read_release(connection, MONTH)
    first, second, *others = (row for row in release.changes if row.level_id == "kela")
    worse = replace(first, verdict="worse", reason=None, test="clustered_share", q_value=0.01)
    missing = replace(second, reason="no_source")

    made = files(replace(release, changes=(worse, missing, *others)), "kela")

    codes = json.loads(made["dictionary.json"])["codes"]
    changes = json.loads(made["changes.json"])["changes"]
    assert {"worse", "not_comparable"} == {row["VERDICT"] for row in changes}
    assert {"no_source", "no_earlier_month", None} == {row["VERDICT_REASON"] for row in changes}
    for column in ("COMPARISON", "VERDICT", "VERDICT_REASON", "TEST"):
        assert {row[column] for row in changes} - {None} <= {label["code"] for label in codes[column]}


@pytest.mark.services
def test_a_release_of_before_the_changes_had_names_keeps_its_feed(released):
    with database.connect(released[0]) as connection:
        release = read_release(connection, MONTH)
    columns = {code: label for code, label in release.codes["feed_column"].items() if code in COLUMNS}
    codes = {kind: labels for kind, labels in release.codes.items() if kind != "comparison"}
    older = replace(release, codes=codes | {"feed_column": columns})

    made = files(older, "kela")

    assert sorted(made) == ["dictionary.csv", "dictionary.json", "observations.csv", "observations.json"]
    assert [column["code"] for column in json.loads(made["dictionary.json"])["columns"]] == list(COLUMNS)


@pytest.mark.services
def test_repeating_a_feed_gives_the_same_bytes(released):
    _, folder = write_feeds(released)
    first = {file: file.read_bytes() for file in folder.rglob("*.*")}
    for file in first:
        file.unlink()

    write_feeds(released)

    assert len(first) == 2 * 6
    assert {file: file.read_bytes() for file in folder.rglob("*.*")} == first


@pytest.mark.services
def test_every_column_metric_and_code_is_explained_in_three_languages(released):
    _, folder = write_feeds(released)
    dictionary = json.loads((folder / "kela" / "dictionary.json").read_text())
    with (folder / "kela" / "dictionary.csv").open(newline="") as file:
        flat = list(csv.DictReader(file))

    assert {column["code"] for column in dictionary["columns"]} == COLUMNS.keys() | CHANGE_COLUMNS.keys()
    assert {row["INDICATOR"] for row in observations(folder, "kela")} <= {
        metric["metric_id"] for metric in dictionary["metrics"]
    }
    assert all(row[f"name_{language}"] for row in flat for language in ("fi", "sv", "en"))
    assert [row["code"] for row in flat if row["column"] == "REF_AREA"] == ["kela", "10", "L", "M", "S", "XS"]


def test_a_folder_that_differs_is_replaced_whole(tmp_path):
    folder = tmp_path / "kela"
    write_in_place(folder, {"old.csv": b"old", "both.csv": b"old"})

    write_in_place(folder, {"both.csv": b"new"})

    assert {file.relative_to(tmp_path).as_posix() for file in tmp_path.rglob("*")} == {"kela", "kela/both.csv"}
    assert (folder / "both.csv").read_bytes() == b"new"
