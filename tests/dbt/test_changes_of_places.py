"""What was counted at a place stays there when the point, its agencies or its opening hours change afterwards."""

import shutil
from datetime import date

import hand_made_changes
import hand_made_landing
import pytest
import yaml
from conftest import build, rows_of

from infra.months import cutoff_of, parse_month
from infra.settings import ROOT
from kpi import build as kpi_build

pytestmark = pytest.mark.services

CHANGE = date(2027, 2, 10)
CELL = """
    select numerator from warehouse.metric_values
    where metric_id = %s and period_kind = %s and period = %s::date and level = %s and level_id = %s
        and breakdown = %s and breakdown_value = %s and value is not null and metric_version = 1
"""
# A second version of visits, in force from March: each visit counts twice.
SECOND = """
    select service_point_id, agency_code, collection_mode, 2 * numerator as numerator, denominator, opening_date
    from {{ ref('visits') }}
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """The dbt project with the second version of a metric."""
    copy = tmp_path_factory.mktemp("project") / "dbt"
    shutil.copytree(ROOT / "dbt", copy)
    metrics = copy / "models" / "metrics"
    (model,) = yaml.safe_load((metrics / "visits.yml").read_text())["models"]
    model["name"] = "visits__v2"
    model["config"]["meta"]["metric"] |= {"version": 2, "valid_from": "2027-03-01", "breakdowns": []}
    (metrics / "visits__v2.yml").write_text(yaml.safe_dump({"models": [model]}))
    (metrics / "visits__v2.sql").write_text(SECOND)
    listed = copy / "macros" / "metrics.sql"
    listed.write_text(listed.read_text().replace("'visits',", "'visits',\n        'visits__v2',"))
    return copy


@pytest.fixture(scope="module")
def changed(make_deployment, project):
    """A function for rows of a warehouse that was built as time went on: January and February, then March."""
    settings, environment = make_deployment()
    year, months = hand_made_changes.YEAR, hand_made_changes.MONTHS
    hand_made_landing.write(settings, hand_made_changes.events(), hand_made_changes.reference, year, months)
    build("2027-02", environment)
    month = parse_month("2027-03")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kpi_build, "PROJECT", project)
        for stage in kpi_build.STAGES:
            cutoff = cutoff_of(month, "final", settings.deployment.time_zone)
            kpi_build.build_stage(settings, month, cutoff, stage, print)
    yield from rows_of(settings)


@pytest.fixture(scope="module")
def visits(changed):
    """The visits of a cell; None without a row that has a value."""

    def counted(level, level_id, month, kind="month", part=("total", "total")):
        found = changed(CELL, "visits", kind, f"2027-{month:02}-01", level, level_id, *part)
        assert len(found) <= 1
        return int(found[0]["numerator"]) if found else None

    return counted


def days(month, before=None, since=None, weekday=None):
    """How many opening days *month* has."""
    return sum(
        day.month == month
        and (before is None or day < before)
        and (since is None or day >= since)
        and weekday in (None, day.isoweekday())
        for day in hand_made_changes.days()
    )


def test_a_point_that_changes_its_region_leaves_its_days_there(visits):
    assert visits("region", "06", 1) == 3 * days(1)
    assert visits("region", "06", 2) == 2 * days(2) + days(2, before=CHANGE)
    assert visits("region", "10", 2) == days(2, since=CHANGE)
    assert visits("service_point", "region_changes", 2) == days(2)


def test_a_point_that_grows_into_another_size_class_leaves_its_days_there(visits):
    assert visits("size_class", "S", 2) == days(2) + days(2, before=CHANGE)
    assert visits("size_class", "M", 2) == days(2) + days(2, since=CHANGE)


def test_a_change_of_host_moves_no_figure(visits, changed):
    spans = changed("select valid_from::text from warehouse.metric_places where service_point_id = 'host_changes'")

    assert [visits("service_point", "host_changes", month) for month in (1, 2, 3)] == [days(1), days(2), days(3)]
    assert len(spans) == 3  # from ever, from its registration and from the change


def test_a_point_that_gets_another_team_leaves_its_days_with_the_first(visits):
    assert visits("team_area", "lapland", 2) == days(2) + days(2, before=CHANGE)
    assert visits("team_area", "north", 2) == days(2, since=CHANGE)
    assert visits("team_area", "north", 1) is None


def test_a_municipal_merger_leaves_history_where_it_was(visits):
    assert [visits("region", "19", month) for month in (1, 2, 3)] == [3 * days(1), 3 * days(2), 2 * days(3)]
    assert visits("region", "10", 3) == 2 * days(3)
    assert visits("region", "19", 1, "rolling_3_months") == 3 * days(1) + 3 * days(2) + 2 * days(3)
    assert visits("service_point", "merged", 1, "rolling_3_months") == days(1) + days(2) + days(3)


def test_an_agency_has_figures_from_its_arrival_to_its_end(visits, changed):
    assert [visits("agency", "poliisi", month) for month in (1, 2, 3)] == [days(1, weekday=2), None, None]
    assert [visits("agency", "vero", month) for month in (1, 2, 3)] == [None, days(2, weekday=2), days(3, weekday=2)]
    assert visits("point_agency", "steady/vero", 2) == days(2, weekday=2)
    assert changed("select 1 from warehouse.metric_values where level_id = 'poliisi' and period = '2027-03-01'") == []


def test_the_successor_of_an_agency_begins_where_it_ended(visits):
    assert visits("agency", "te_office", 2) == days(2, before=CHANGE, weekday=1)
    assert visits("agency", "municipality", 2) == days(2, since=CHANGE, weekday=1)
    assert visits("national", "national", 2, part=("agency", "te_office")) == days(2, before=CHANGE, weekday=1)


def test_opening_hours_that_change_are_those_of_each_day(changed):
    found = changed(
        "select denominator from warehouse.metric_values where metric_id = 'completeness' and level_id = 'steady'"
        " and period_kind = 'month' and breakdown = 'total' and collection_mode = 'queue' and period = '2027-02-01'"
    )

    assert [row["denominator"] for row in found] == [480 * days(2, before=CHANGE) + 120 * days(2, since=CHANGE)]


def test_longer_periods_are_the_sums_of_their_months_and_say_how_many_they_have(visits, changed):
    assert visits("national", "national", 1, "year") == 6 * (days(1) + days(2) + days(3))
    assert visits("national", "national", 1, "year", ("weekday", "2")) == 6 * sum(days(m, weekday=2) for m in (1, 2, 3))
    counts = changed(
        "select period_kind, period::text, last_month::text, month_count from warehouse.metric_values"
        " where metric_id = 'visits' and level_id = 'steady' and breakdown = 'total' and last_month = '2027-03-01'"
        " and metric_version = 1"
        " order by period_kind"
    )
    assert [tuple(row.values()) for row in counts] == [
        ("month", "2027-03-01", "2027-03-01", 1),
        ("rolling_12_months", "2026-04-01", "2027-03-01", 3),
        ("rolling_3_months", "2027-01-01", "2027-03-01", 3),
        ("year", "2027-01-01", "2027-03-01", 3),
    ]


def test_the_median_of_a_longer_period_is_that_of_all_its_waits(changed):
    found = changed(
        "select period_kind, value from warehouse.metric_values where metric_id = 'queue_time_median'"
        " and level_id = 'steady' and breakdown = 'total' and last_month = '2027-03-01' order by period_kind"
    )

    # As many minutes as the month has: of 62 days in three months the middle ones are of February.
    assert [(row["period_kind"], float(row["value"])) for row in found] == [
        ("month", 3.0),
        ("rolling_12_months", 2.0),
        ("rolling_3_months", 2.0),
        ("year", 2.0),
    ]


def test_a_second_version_is_computed_beside_the_first_and_in_force_from_its_day(changed):
    found = changed(
        "select metric_version, period_kind, period::text, numerator, is_in_force from warehouse.metric_values"
        " where metric_id = 'visits' and level_id = 'steady' and breakdown = 'total'"
        " and (period_kind = 'month' or (period_kind, last_month) = ('rolling_3_months', '2027-03-01'))"
        " and period >= '2027-01-01' order by 2, 3, 1"
    )

    january, february, march = days(1), days(2), days(3)
    assert [tuple(row.values()) for row in found] == [
        (1, "month", "2027-01-01", january, True),
        (1, "month", "2027-02-01", february, True),
        (2, "month", "2027-02-01", 2 * february, False),
        (1, "month", "2027-03-01", march, False),
        (2, "month", "2027-03-01", 2 * march, True),
        (1, "rolling_3_months", "2027-01-01", january + february + march, False),
        (2, "rolling_3_months", "2027-01-01", 2 * (february + march), True),
    ]


@pytest.mark.parametrize(
    ("level", "level_id", "month", "expected"),
    [
        ("service_point", "steady", "2027-01-01", ("agreed", 20)),  # the nation's
        ("service_point", "steady", "2027-02-01", ("indicative_baseline", 15)),  # its size class's
        ("service_point", "steady", "2027-03-01", ("agreed", 10)),  # its own
        ("service_point", "merged", "2027-03-01", ("not_set", None)),  # set to none, whatever the nation's
        ("service_point", "size_changes", "2027-03-01", ("agreed", 20)),
        ("size_class", "L", "2027-01-01", ("agreed", 20)),
        ("size_class", "L", "2027-03-01", ("indicative_baseline", 15)),
        ("size_class", "XS", "2027-03-01", ("agreed", 20)),
        ("agency", "kela", "2027-03-01", ("agreed", 20)),
        ("national", "national", "2027-03-01", ("agreed", 20)),
    ],
)
def test_the_target_of_a_level_is_the_nearest_one_with_its_status(changed, level, level_id, month, expected):
    found = changed(
        "select target_status, target_value from warehouse.metric_targets"
        " where (metric_id, level, level_id, period) = ('queue_time_median', %s, %s, %s::date)",
        *(level, level_id, month),
    )

    assert [tuple(row.values()) for row in found] == [expected]


def test_a_metric_without_a_target_has_none(changed):
    assert changed("select distinct metric_id from warehouse.metric_targets") == [{"metric_id": "queue_time_median"}]
