"""Of a metric with several versions, each month has the one that was in force on its first day."""

from datetime import date

import pytest

from kpi.metric_catalogue import metrics_of, versions_of

TEXTS = {"fi": "x", "sv": "x", "en": "x"}
META = {
    "source": "M03", "goal": "G1", "order": 1, "standing": "agreed", "statistic": "count", "unit": "count",
    "direction": "lower", "decimals": 0, "interval": "poisson", "source_family": "queue",
    "collection_modes": ["queue_system"], "minimum_observation_count": 1, "owner": "team",
    **dict.fromkeys(("names", "explanations", "numerator", "denominator", "caveats"), TEXTS),
}  # fmt: skip
VERSIONS = {"waits": (1, None), "waits__v2": (2, "2027-03-01"), "waits__v3": (3, "2028-01-01")}
MANIFEST = {
    "nodes": {
        name: {
            "name": name,
            "resource_type": "model",
            "config": {"meta": {"metric": META | {"version": version, "valid_from": valid_from}}},
        }
        for name, (version, valid_from) in VERSIONS.items()
    }
}


@pytest.mark.parametrize(
    ("month", "version"),
    [
        (date(2020, 1, 1), 1),
        (date(2027, 2, 1), 1),
        (date(2027, 3, 1), 2),
        (date(2027, 12, 1), 2),
        (date(2028, 1, 1), 3),
        (None, 3),
    ],
)
def test_a_month_has_the_version_in_force(month, version):
    assert {name: metric.version for name, metric in metrics_of(MANIFEST, month).items()} == {"waits": version}


def test_all_versions_are_of_the_one_metric():
    found = versions_of(MANIFEST)

    assert list(found) == list(VERSIONS)
    assert {metric.metric_id for metric in found.values()} == {"waits"}
