"""What a called change is worth, and the table over many simulated countries."""

import json

import pandas as pd
import pytest
from click.testing import CliRunner

from infra.settings import read_settings
from kpi import score_changes, score_table
from kpi.score_seeds import score_seeds


def change(verdict, difference, true_difference, is_designed=False, is_changed_point=False, seed="seed_1"):
    return {
        "metric_id": "resolved_rate", "verdict": verdict, "difference": difference,
        "true_difference": true_difference, "is_designed": is_designed, "is_changed_point": is_changed_point,
        "seed": seed,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("row", "is_false", "is_found"),
    [
        (change("worse", -0.2, -0.15, is_designed=True, is_changed_point=True), False, True),
        (change("better", 0.1, -0.15, is_designed=True, is_changed_point=True), True, False),
        (change("no_evidence", -0.1, -0.15, is_designed=True, is_changed_point=True), False, False),
        (change("better", 0.1, 0.0), True, False),
        (change("changed_up", 0.1, 0.0), True, False),
        (change("no_evidence", 0.1, 0.0), False, False),
        (change("better", 0.1, 0.0, is_changed_point=True), False, False),
    ],
)
def test_a_call_is_false_where_nothing_was_changed_or_in_the_wrong_direction(row, is_false, is_found):
    judged = score_changes.judged(pd.DataFrame([row]))

    assert (bool(judged["is_false"][0]), bool(judged["is_found"][0])) == (is_false, is_found)


def test_what_could_not_be_compared_is_neither_called_nor_missed():
    rows = [change("not_comparable", None, -0.15, is_designed=True, is_changed_point=True), change("better", 1, 0)]

    assert len(score_changes.judged(pd.DataFrame(rows))) == 1


def test_false_discoveries_are_a_share_of_all_and_power_of_what_was_designed():
    designed = {"is_designed": True, "is_changed_point": True}
    rows = [
        *[change("worse", -1, -1, **designed, seed="seed_1")] * 6,
        *[change("no_evidence", -1, -1, **designed, seed="seed_2")] * 2,
        *[change("better", 1, 0, seed="seed_1")] * 2,
        *[change("no_evidence", 0.1, 0, seed="seed_2")] * 38,
    ]

    table = score_table.changes(score_changes.judged(pd.DataFrame(rows)))

    every = table.set_index("metric_id").loc["all"]
    assert (every["false_discovery_share"], every["power"]) == (2 / 8, 6 / 8)
    assert (every["called_unchanged"], every["tested_unchanged"]) == (2, 40)
    assert every["mean_false_discovery_share_of_seeds"] == pytest.approx((0.25 + 0) / 2)
    assert every["power_lower"] == pytest.approx(0.409, abs=0.001)  # Wilson, 6 of 8
    assert every["power_upper"] == pytest.approx(0.929, abs=0.001)


@pytest.mark.parametrize(("covering", "is_at_goal"), [(95, True), (90, True), (80, False), (100, True)])
def test_coverage_is_at_its_goal_unless_its_own_bounds_exclude_it(covering, is_at_goal):
    cells = pd.DataFrame(
        {
            "metric_id": "visits", "collection_mode": "queue_system", "level": "service_point", "value": 10.0,
            "true_value": 11.0, "realised_value": 10.0, "difference_from_realised": 0.0, "difference_from_true": -1.0,
            "covers_true": [number < covering for number in range(100)],
        }
    )  # fmt: skip

    [row] = score_table.metrics(cells).to_dict("records")

    assert (row["coverage"], row["intervals"], row["is_coverage_at_goal"]) == (covering / 100, 100, is_at_goal)
    assert (row["bias_from_true"], row["bias_from_realised"], row["place"]) == (-1, 0, "points")


def test_the_seeds_are_summed_up_for_the_released_month_though_the_truth_knows_of_a_later_day(tmp_path, monkeypatch):
    monkeypatch.setenv("PULSSI_HOME", str(tmp_path))
    folder = read_settings().output / "score" / "seeds_12"
    for made in ("country_12/simulation.yml", "expected.csv", "seed_1/done.json"):
        (folder / made).parent.mkdir(parents=True, exist_ok=True)
        (folder / made).touch()
    of_month = {"level": "service_point", "metric_id": "visits", "collection_mode": "queue_system", "level_id": "oulu"}
    truth = {"true_value": 10.0, "realised_value": 9.0, "value": 9.0, "difference_from_realised": 0.0}
    late = {"period": "2026-11-01", "realised_value": 1.0}
    cells = [
        of_month | truth | {"period": "2026-10-01", "difference_from_true": -1.0, "covers_true": True},
        of_month | late,
    ]
    pd.DataFrame(cells).to_csv(folder / "seed_1" / "cells.csv", index=False)
    rows = [change("none", 0.1, 0.1)]
    pd.DataFrame(rows).drop(columns="seed").to_csv(folder / "seed_1" / "changes.csv", index=False)
    pd.DataFrame([{"kind": "conflict", "is_as_planted": True}]).to_csv(folder / "seed_1" / "faults.csv", index=False)

    result = CliRunner().invoke(score_seeds, ["--seeds", "1"], catch_exceptions=False)

    assert result.exit_code == 0, result.output
    [metric] = json.loads((folder / "score.json").read_text())["metrics"]
    assert (metric["numbers"], metric["bias_from_true"]) == (1, -1.0)
