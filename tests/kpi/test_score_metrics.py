"""The score of metrics: differences and coverage, with what either side lacks kept visible."""

from datetime import date

import pandas as pd
import pytest

from kpi.published import Observation
from kpi.score_metrics import by_metric, compared

TRUE = {"true_value": 10.0, "realised_value": 12.0}


class OfObservations:
    """What the score reads of a release."""

    def __init__(self, *observations):
        self.observations = observations


def observation(point, value, lower=None, upper=None):
    fields = dict.fromkeys(Observation.__dataclass_fields__)
    key = {
        "metric_id": "waits",
        "period": date(2026, 10, 1),
        "level": "service_point",
        "collection_mode": "queue_system",
    }
    return Observation(
        **{**fields, **key, "level_id": point, "value": value, "lower_bound": lower, "upper_bound": upper}
    )


def truth(*points):
    key = {"period": "2026-10-01", "level": "service_point", "metric_id": "waits", "collection_mode": "queue_system"}
    return pd.DataFrame([key | {"level_id": point} | TRUE for point in points])


def test_differences_are_from_what_happened_and_coverage_is_of_what_was_expected():
    release = OfObservations(observation("a", 13.0, 9.0, 14.0), observation("b", 8.0, 7.0, 9.0), observation("c", 12.0))

    [row] = by_metric(compared(release, truth("a", "b", "c")), "2026-10-01").to_dict("records")

    assert (row["compared"], row["mean_difference"], row["largest"]) == (3, -1.0, 4.0)
    assert row["mean_absolute"] == pytest.approx(5 / 3)
    assert (row["intervals"], row["covering_true_share"]) == (2, 0.5)


def test_what_one_side_lacks_is_counted_and_kept():
    release = OfObservations(observation("a", None), observation("elsewhere", 5.0))

    cells = compared(release, truth("a", "b"))
    [row] = by_metric(cells, "2026-10-01").to_dict("records")

    assert list(cells["level_id"]) == ["a", "b", "elsewhere"]
    assert (row["compared"], row["not_published"]) == (0, 2)
