"""Sums of months are kept from one build to the next, and only as long as none of the months is built again."""

import subprocess
import sys
from datetime import datetime
from pathlib import Path

import hand_made_landing
import hand_made_long_ago
import pytest
from hand_made_landing import answer
from psycopg import sql

from infra import database

pytestmark = pytest.mark.services

SUMS = ("metric_stretch_cells", "metric_stretch_durations")
# Each is received later than all before it, and made alone a day's build.
IN_NOVEMBER = [
    answer("days", f"2026-11-0{day} 12:00:00", "4", received_at=f"2026-11-0{day}T18:00:00+02:00") for day in (4, 5)
]
OF_SEPTEMBER = answer("days", "2026-09-16 12:00:00", "4", received_at="2026-11-06T18:00:00+02:00")


@pytest.fixture(scope="module")
def built_day_by_day(make_deployment):
    """(Settings, stretches held by table after three builds, the last two of November alone, those the last needed)."""
    settings, environment = make_deployment()
    hand_made_landing.write(settings, hand_made_long_ago.events())
    build(environment)
    first = rows_by_stretch(settings)
    land(settings, IN_NOVEMBER[0])
    build(environment)
    before = rows_by_stretch(settings)
    land(settings, IN_NOVEMBER[1])
    build(environment)
    after = rows_by_stretch(settings)
    with database.connect(settings) as connection:
        needed = connection.execute("select distinct stretch from warehouse.metric_stretches").fetchall()
        # As an earlier version may have left it.
        connection.execute(
            "alter table warehouse.metric_stretch_durations alter column stretch type date using date '2026-09-01'"
        )
    land(settings, OF_SEPTEMBER)
    build(environment)
    return settings, first, before, after, {stretch for (stretch,) in needed}


@pytest.fixture(scope="module")
def built_at_once(make_deployment):
    settings, environment = make_deployment()
    hand_made_landing.write(settings, [*hand_made_long_ago.events(), *IN_NOVEMBER, OF_SEPTEMBER])
    build(environment, "--all")
    return settings


@pytest.mark.parametrize("table", SUMS)
def test_a_day_of_november_sums_no_month_before_it_again(built_day_by_day, table):
    _settings, _first, before, after, _needed = built_day_by_day

    kept = {stretch for stretch, rows in after[table].items() if rows == before[table].get(stretch)}
    assert kept
    assert not [stretch for stretch in kept if "2026-11" in stretch]


def test_what_came_late_about_september_is_in_all_sums_that_september_is_in(built_day_by_day, built_at_once):
    settings, *_held = built_day_by_day

    assert len(period_values(settings)) > 1000
    assert period_values(settings) == period_values(built_at_once)


@pytest.mark.parametrize("table", SUMS)
def test_no_sum_is_kept_that_no_period_needs(built_day_by_day, table):
    _settings, first, _before, after, needed = built_day_by_day

    assert set(first[table]) - needed
    assert set(after[table]) <= needed


def rows_by_stretch(settings):
    """By table: of each stretch a digest of which versions of which rows are there."""
    query = "select stretch, md5(string_agg(xmin::text || ctid, '' order by ctid)) from {} group by 1"
    with database.connect(settings) as connection:
        return {
            table: dict(connection.execute(sql.SQL(query).format(sql.Identifier("warehouse", table))).fetchall())
            for table in SUMS
        }


def period_values(settings):
    with database.connect(settings) as connection:
        return set(connection.execute("select v::text from warehouse.metric_period_values as v").fetchall())


def land(settings, row):
    with database.connect(settings) as connection:
        hand_made_landing.add(connection, "landing.event", **row | {"stored_at": datetime.now().astimezone()})


def build(environment, *options):
    command = [Path(sys.executable).parent / "pulssi", "build", *options]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
