"""Every figure of the hand-made warehouses is the one that tests/recompute computes from the raw events."""

import compare
import pytest

from infra import database

# Of the other metrics the words of the rules are ahead of the models.
SETTLED = ("visits", "abandonment_rate", "booked_on_time_share", "completeness")

pytestmark = pytest.mark.services


def test_october_is_what_its_events_say(october):
    with database.connect(october) as connection:
        found, compared = compare.differences(connection, "2026-10")

    assert {"visits", "booked_on_time_share", "satisfaction_mean", "completeness"} <= set(compared)
    assert [compare.described(row) for row in found if row["metric_id"] in SETTLED] == []


def test_march_is_what_its_events_say(march):
    with database.connect(march) as connection:
        found, compared = compare.differences(connection, "2027-03")

    assert {"visits", "booked_on_time_share", "satisfaction_mean", "completeness"} <= set(compared)
    assert [compare.described(row) for row in found if row["metric_id"] in SETTLED] == []
