"""Any figure of any level, period and part is the one that its components give when they are picked one by one."""

import random
from datetime import UTC, date, datetime

import plain_metrics
import plain_rollup
import pytest

from infra import database
from kpi.metric_catalogue import read_versions

pytestmark = pytest.mark.services

# So many cells of each metric, level, kind of period and breakdown.
SAMPLE = 3
LEVELS = {"service_point", "point_agency", "team_area", "region", "size_class", "agency", "national"}


@pytest.mark.parametrize("warehouse", ["october", "march"])
def test_a_random_cell_of_every_kind_is_the_sum_of_its_components(request, warehouse):
    settings = request.getfixturevalue(warehouse)
    rows = request.getfixturevalue({"october": "rows", "march": "march_rows"}[warehouse])
    metrics = read_versions(settings)
    places = plain_rollup.Places(rows("select * from reference.service_point"), rows("select * from reference.team"))
    components = by_metric(rows("select * from warehouse.metric_components"))
    waves = {row["wave_id"]: row for row in rows("select * from reference.wave")}

    sampled = sample(rows("select * from warehouse.metric_values where value is not null order by metric_values::text"))

    assert {cell["level"] for cell in sampled} == (LEVELS if warehouse == "october" else LEVELS - {"team_area"})
    assert {cell["metric_id"] for cell in sampled} >= {"visits", "queue_time_median", "satisfaction_mean"}
    for cell in sampled:
        key = (cell["metric_id"], cell["metric_version"])
        found = plain_rollup.components_of(
            cell, components.get(key, []), places, months_of(cell, waves, components.get(key, []))
        )
        wanted = plain_rollup.value_of(found, metrics[key])
        assert float(cell["value"]) == pytest.approx(float(wanted)), cell
        assert (cell["denominator"] or 0) == sum(row["denominator"] or 0 for row in found), cell
        assert cell["opening_day_count"] == len({row["opening_date"] for row in found}), cell


@pytest.mark.parametrize(
    ("warehouse", "month", "cutoff"),
    [
        ("october", date(2026, 10, 1), datetime(2026, 11, 9, 22, tzinfo=UTC)),
        ("march", date(2027, 3, 1), datetime(2027, 4, 9, 21, tzinfo=UTC)),
    ],
)
def test_the_components_are_those_of_a_plain_computation_from_landing(request, warehouse, month, cutoff):
    settings = request.getfixturevalue(warehouse)
    with database.connect(settings) as connection:
        plain = plain_metrics.leaves(connection, month, settings.deployment.time_zone, cutoff)
        components = connection.execute(
            "select metric_id, service_point_id, agency_code, collection_mode, opening_date,"
            " sum(numerator), coalesce(sum(denominator), 0) from warehouse.metric_components"
            " where metric_id = any(%s) group by 1, 2, 3, 4, 5",
            (list(plain_metrics.METRICS),),
        ).fetchall()

    assert {row[:5]: row[5:] for row in components if any(row[5:])} == plain


def by_metric(components):
    found = {}
    for row in components:
        found.setdefault((row["metric_id"], row["metric_version"]), []).append(row)
    return found


def sample(cells):
    kinds = {}
    for cell in cells:
        kinds.setdefault(tuple(cell[name] for name in ("metric_id", "level", "period_kind", "breakdown")), []).append(
            cell
        )
    chooser = random.Random(20261101)
    return [cell for kind in sorted(kinds) for cell in chooser.sample(kinds[kind], min(SAMPLE, len(kinds[kind])))]


def months_of(cell, waves, components):
    """The first days of the months of the cell's period; of a wave, of every month with an answer to it."""
    first = cell["period"].replace(day=1)
    if cell["period_kind"] == "wave":
        assert waves[cell["breakdown_value"]]["starts_on"] == cell["period"]
        return {row["opening_date"].replace(day=1) for row in components}
    count = (cell["last_month"].year - first.year) * 12 + cell["last_month"].month - first.month + 1
    return {
        date(first.year + (first.month - 1 + later) // 12, (first.month - 1 + later) % 12 + 1, 1)
        for later in range(count)
    }
