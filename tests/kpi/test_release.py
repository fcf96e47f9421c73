"""Releases: numbered, hashed, frozen, and made only from what the gates passed."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import psycopg
import pytest
import sqlalchemy
from hand_made_warehouse import MONTH, build, cutoff, gate, rows, write_manifest

from infra import database
from infra.errors import ActionNeeded
from kpi.estimate import estimate_month
from kpi.published import read_release
from kpi.release import STATISTICS, content_hash, release_month

pytestmark = pytest.mark.services
EVERY_COLUMN = "select * from publish.observation where release_id = :release_id order by metric_id, level, level_id"


@pytest.fixture
def settings(make_deployment):
    return make_deployment()[0]


def prepare(settings, status="final", **changes):
    """Everything that a release needs: a build, its estimates and gates."""
    build(settings, **changes)
    estimate_month(settings, MONTH, cutoff(settings), status)
    gate(settings, "release")


def release(settings, status="final"):
    return release_month(settings, MONTH, cutoff(settings), status)


def published(settings, vintage=None):
    with database.connect(settings) as connection:
        return read_release(connection, MONTH, vintage)


def test_unchanged_input_returns_the_release_that_is_there(settings):
    prepare(settings)
    first = release(settings)
    prepare(settings)

    assert first == ("2026-10.1", True)
    assert release(settings) == ("2026-10.1", False)


def test_changed_input_makes_a_vintage_and_leaves_the_old_one_as_it_was(settings):
    prepare(settings)
    release(settings)
    before = published(settings)
    prepare(settings, first_wait_seconds=360)

    assert release(settings) == ("2026-10.2", True)
    assert published(settings, 1) == before
    assert published(settings).vintage == 2
    assert published(settings).observations != before.observations


def test_a_restricted_metric_is_in_no_release(settings):
    prepare(settings)
    write_manifest(settings, satisfaction_mean={"restricted": True})
    release(settings)

    estimated = rows(settings, "select distinct metric_id from publish.estimate")
    assert "satisfaction_mean" in {row["metric_id"] for row in estimated}
    released = published(settings)
    assert {row.metric_id for row in released.observations} == released.metrics.keys()
    assert released.metrics.keys() == {row["metric_id"] for row in estimated} - {"satisfaction_mean"}


def test_content_that_returns_to_an_older_one_is_the_newest_vintage(settings):
    for first_wait_seconds in (300, 360, 300):
        prepare(settings, first_wait_seconds=first_wait_seconds)
        release(settings)

    assert [published(settings, vintage).content_hash for vintage in (1, 3)] == [
        published(settings, 1).content_hash
    ] * 2
    assert published(settings).vintage == 3


def without_id(found):
    return [{name: row[name] for name in row if name != "release_id"} for row in found]


def test_the_hash_can_be_computed_again_from_what_is_published(settings):
    prepare(settings)
    release(settings)
    head = published(settings)
    observations = rows(settings, EVERY_COLUMN, release_id="2026-10.1")
    beside = {table: without_id(rows(settings, f"select * from publish.{table}")) for table in STATISTICS}
    found = without_id(observations)

    assert content_hash("final", head.reference_digest, found, beside) == head.content_hash
    assert content_hash("provisional", head.reference_digest, found, beside) != head.content_hash
    assert content_hash("final", "another digest", found, beside) != head.content_hash
    warned = [row | {"gate_verdict": "passed_with_warnings"} for row in found]
    assert content_hash("final", head.reference_digest, warned, beside) == head.content_hash
    other = [row | {"status_reason": "closed"} for row in found]
    assert content_hash("final", head.reference_digest, other, beside) != head.content_hash
    judged = beside | {"change": [row | {"verdict": "worse"} for row in beside["change"]]}
    assert content_hash("final", head.reference_digest, found, judged) != head.content_hash


def test_a_release_can_be_read_without_the_warehouse(settings):
    prepare(settings)
    release(settings)
    with database.begin(settings) as connection:
        connection.execute(sqlalchemy.text("drop schema warehouse cascade"))

    found = published(settings)

    assert found.service_points["onni"].size_class == "S"
    assert found.metrics["visits"].names == {"fi": "teksti", "sv": "text", "en": "text"}
    assert found.size_classes["XS"].names["fi"] == "hyvin pieni"
    assert {"kela", "vero"} < found.agencies.keys()
    assert [row.metric_id for row in found.of("service_point", "onni")] == ["queue_time_median", "satisfaction_mean"]


def test_a_published_number_cannot_be_changed(settings):
    prepare(settings)
    release(settings)

    with (
        database.connect(settings) as connection,
        pytest.raises(psycopg.errors.RaiseException, match="a release never changes"),
    ):
        connection.execute("update publish.observation set value = 0")


def test_two_releases_at_once_make_one_vintage(settings):
    prepare(settings)

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: release(settings), range(4)))

    assert sorted(made) == [("2026-10.1", False)] * 3 + [("2026-10.1", True)]


def test_every_code_in_a_release_has_its_name(settings):
    prepare(settings)
    release(settings)
    found = published(settings)
    coded = [
        (kind, code)
        for row in found.observations
        for kind, code in (
            ("collection_mode", row.collection_mode),
            ("level", row.level),
            ("observation_status", row.observation_status),
            ("confidentiality_status", row.confidentiality_status),
            ("status_reason", row.status_reason),
            ("interval_method", row.interval_method),
            ("gate_verdict", row.gate_verdict),
            ("unit", found.metrics[row.metric_id].unit),
        )
        if code is not None
    ]

    assert {code for kind, code in coded if code not in found.codes[kind]} == set()
    assert all(label.names.keys() == {"fi", "sv", "en"} for codes in found.codes.values() for label in codes.values())


def test_a_gate_of_another_cutoff_does_not_make_a_release(settings):
    build(settings)
    estimate_month(settings, MONTH, cutoff(settings), "final")
    gate(settings, "release", cutoff=cutoff(settings) - timedelta(days=7))

    with pytest.raises(
        ActionNeeded, match=r"gate release has not run for 2026-10 with cutoff 2026-11-10T00:00:00\+02:00"
    ):
        release(settings)


def test_estimates_that_the_release_gate_has_not_seen_are_not_released(settings):
    prepare(settings)
    estimate_month(settings, MONTH, cutoff(settings), "final")

    with pytest.raises(ActionNeeded, match=r"gate release of 2026-10 ran before .*: run pulssi gate release 2026-10"):
        release(settings)


def test_a_month_without_estimates_says_which_command_makes_them(settings):
    build(settings)
    gate(settings, "release")

    with pytest.raises(ActionNeeded, match=r"estimate of 2026-10 is not there: run pulssi estimate 2026-10"):
        release(settings)


def test_provisional_estimates_are_not_released_as_final(settings):
    prepare(settings, status="provisional")

    with pytest.raises(ActionNeeded, match=r"are provisional, not final: run pulssi estimate 2026-10 --status final"):
        release(settings)


def test_a_final_month_does_not_become_provisional_again(settings):
    prepare(settings)
    release(settings)
    prepare(settings, status="provisional")

    with pytest.raises(ActionNeeded, match=r"2026-10\.1 is final"):
        release(settings, "provisional")


def test_an_unknown_month_or_vintage_is_named(settings):
    with pytest.raises(ActionNeeded, match="month 2026-10 has no release: make one with pulssi release 2026-10"):
        published(settings)

    with pytest.raises(ActionNeeded, match="vintage 7 of 2026-10 has no release"):
        published(settings, 7)


def test_the_verdicts_of_all_four_gates_stand_in_the_release(settings):
    prepare(settings)
    release(settings)

    verdicts = published(settings).gate_verdicts
    assert json.loads(json.dumps(verdicts)) == dict.fromkeys(("landing", "marts", "metrics", "release"), "passed")
