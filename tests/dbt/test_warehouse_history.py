"""The warehouse holds all months: what a build makes anew, what it leaves, and what analysts see of it."""

import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import hand_made_landing
import hand_made_long_ago
import hand_made_october
import psycopg
import pytest
from psycopg import sql

from infra import database

pytestmark = pytest.mark.services

# Landed in two loads: the second holds October's end, and what came late about September.
LOADED_AT = datetime.fromisoformat("2026-10-08T12:00:00+03:00")
LATE = ("empty", "2026-09-17 10:00:00")
# What is kept; the other tables of the rollup hold the last build's working only.
KEPT = (
    "^(fct_|dim_|completeness_values"
    "|metric_(components|month_values|months_of_waves|month_durations|period_values|targets)$)"
)
ROWS = f"""
    select table_name from information_schema.tables
    where table_schema = 'warehouse' and table_type = 'BASE TABLE' and table_name ~ '{KEPT}' order by 1
"""

DATED = f"""
    select table_name, min(column_name) from information_schema.columns
    inner join information_schema.tables using (table_schema, table_name)
    where table_schema = 'warehouse' and table_type = 'BASE TABLE' and column_name in ('opening_date', 'period')
    and table_name ~ '{KEPT}' and table_name <> 'fct_late_events' group by 1
"""


@pytest.fixture(scope="module")
def events():
    late = hand_made_landing.answer(*LATE, "4", received_at="2026-11-20T12:00:00+02:00")
    return [*hand_made_october.events(), late]


@pytest.fixture(scope="module")
def step_by_step(make_deployment, events):
    """A deployment that was built after each of two loads: (settings, environment, what the builds said)."""
    settings, environment = make_deployment()
    hand_made_landing.write(settings, [row for row in events if row["received_at"] < LOADED_AT])
    said = [pulssi(environment, "build"), pulssi(environment, "build")]
    with database.connect(settings) as connection:
        for row in events:
            if row["received_at"] >= LOADED_AT:
                hand_made_landing.add(connection, "landing.event", **row | {"stored_at": datetime.now().astimezone()})
    return settings, environment, [*said, pulssi(environment, "build")]


@pytest.fixture(scope="module")
def one_more_day(make_deployment):
    """A deployment in which a last day's build made October alone, and one that was made at once."""
    rows = list(hand_made_long_ago.events())
    last = hand_made_long_ago.received_in_november(rows)
    settings, environment = make_deployment()
    hand_made_landing.write(settings, [row for row in rows if row not in last])
    pulssi(environment, "build")
    with database.connect(settings) as connection:
        for row in last:
            hand_made_landing.add(connection, "landing.event", **row | {"stored_at": datetime.now().astimezone()})
    said = pulssi(environment, "build")
    other_settings, other_environment = make_deployment()
    hand_made_landing.write(other_settings, rows)
    pulssi(other_environment, "build", "--all")
    return settings, other_settings, said


@pytest.fixture(scope="module")
def from_nothing(made_at_once):
    return made_at_once[0]


@pytest.fixture(scope="module")
def made_at_once(make_deployment, events):
    settings, environment = make_deployment()
    hand_made_landing.write(settings, events)
    pulssi(environment, "build", "--all")
    return settings, environment


def test_months_of_which_something_came_are_built_and_no_others(step_by_step):
    _settings, _environment, (first, second, third) = step_by_step

    assert second == "every month is built of all that was accepted: nothing to do\n"
    assert "marts of 2026-09, counting" in first
    assert "marts of 2026-10, counting" in third
    assert "marts of 2026-09, counting" in third
    assert "marts of 2026-08, counting" in third  # its counts of staff were sent again in October
    assert "events about it came since its last build" in third


def test_a_rebuild_from_nothing_gives_the_same_numbers(step_by_step, from_nothing):
    settings, _environment, _said = step_by_step

    grown, made_at_once = contents(settings), contents(from_nothing)

    assert len(grown) > 30
    assert sum(count for count, _digest in grown.values()) > 1000
    assert {name for name in grown if grown[name] != made_at_once[name]} == set()


def test_a_month_built_alone_finds_all_that_it_rests_on(one_more_day):
    settings, made_at_once, said = one_more_day

    assert re.findall("^marts of (\\S+), counting", said, re.MULTILINE) == ["2026-10", "2026-11"]
    grown, at_once = contents(settings), contents(made_at_once)
    assert {name for name in grown if grown[name] != at_once[name]} == set()
    with database.connect(settings) as connection:
        (dated,) = connection.execute(
            "select count(*) from warehouse.fct_bookings where opening_date = '2026-10-07'"
        ).fetchone()
    assert dated == 4


def test_the_view_of_a_metric_is_of_all_months_and_not_of_those_built_last(one_more_day):
    settings, _made_at_once, _said = one_more_day
    query = sql.SQL("select distinct date_trunc('month', opening_date)::date from warehouse.{}")
    with database.connect(settings) as connection:
        kept = connection.execute(
            "select metric_id, array_agg(distinct date_trunc('month', opening_date)::date)"
            " from warehouse.metric_components group by metric_id having min(opening_date) < '2026-10-01'"
        ).fetchall()
        seen = {
            name: {month for (month,) in connection.execute(query.format(sql.Identifier(name)))} for name, _ in kept
        }

    assert {"visits", "queue_time_within_target_share", "satisfaction_mean"} <= set(seen)
    assert {name: months for name, months in kept if not set(months) <= seen[name]} == {}


@pytest.mark.parametrize("table", ["warehouse.fct_tickets", "landing.event", "ops.build", "reference.source"])
def test_an_analyst_reads_nothing_but_the_views(from_nothing, table):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        as_analyst(from_nothing, f"select * from {table} limit 1")


def test_before_a_gate_has_passed_an_analyst_reads_reference_data_only(from_nothing):
    names = as_analyst(from_nothing, "select viewname from pg_views where schemaname = 'analysis' order by 1")
    counts = {
        name: as_analyst(from_nothing, f'select count(*) from analysis."{name}"')[0][0]
        for (name,) in names
        if not name.startswith("dim_") and name not in ("metric_definitions", "metric_places")
    }

    assert {"fct_wave_responses", "metric_values", "fct_visits"} <= set(counts)
    assert {name: count for name, count in counts.items() if count} == {}


def test_an_analyst_sees_the_months_whose_gate_passed_and_none_that_is_being_built(from_nothing):
    def months():
        query = "select distinct date_trunc('month', {})::date::text from analysis.{} order by 1"
        seen = [as_analyst(from_nothing, query.format("opening_date", name)) for name in ("fct_tickets", "visits")]
        seen.append(as_analyst(from_nothing, query.format("period", "metric_values")))
        assert seen[0] == seen[1] != []
        assert {month for (month,) in seen[2]} >= {month for (month,) in seen[0]}
        return [month for (month,) in seen[0]]

    assert as_analyst(from_nothing, "select count(*) from analysis.fct_tickets") == [(0,)]
    assert as_analyst(from_nothing, "select count(*) from analysis.dim_service_points") != [(0,)]
    gate(from_nothing, "2026-10-01", "passed_with_warnings")
    assert months() == ["2026-09-01", "2026-10-01"]  # one run built both, and the gate of October judges both
    gate(from_nothing, "2026-09-01", "blocked")
    assert months() == ["2026-10-01"]
    gate(from_nothing, "2026-09-01", "passed")
    started = (
        "insert into ops.build (month, cutoff, stage, reference_digest, built_at) values (%s, now(), %s, '', null)"
    )
    with database.connect(from_nothing) as connection:
        connection.execute(started, ("2026-10-01", "marts"))
    assert months() == ["2026-09-01"]


def test_staff_safety_is_not_among_what_analysts_read(from_nothing):
    views = {
        name for (name,) in as_analyst(from_nothing, "select viewname from pg_views where schemaname = 'analysis'")
    }

    assert views > {"fct_tickets", "dim_agencies", "metric_values", "month", "satisfaction_mean"}
    assert {name for name in views if "staff" in name} == set()


def test_a_build_of_one_month_leaves_the_rows_of_the_others(made_at_once):
    from_nothing, environment = made_at_once
    before, received = versions(from_nothing), received_by_day(from_nothing)

    pulssi(environment, "build", "2026-09")

    after = versions(from_nothing)
    assert len(received) > 20
    assert received_by_day(from_nothing) == received
    assert after["fct_tickets", "2026-10-01"] == before["fct_tickets", "2026-10-01"]
    # A wave of October was answered about a visit in September.
    of_a_wave = {("metric_period_values", "2026-10-01")}
    assert {key for key in before if key[1] >= "2026-10" and after[key] != before[key]} == of_a_wave
    assert after["fct_tickets", "2026-09-01"] != before["fct_tickets", "2026-09-01"]


def test_a_table_that_is_not_as_its_model_says_is_not_built_on(made_at_once):
    settings, environment = made_at_once
    with database.connect(settings) as connection:
        connection.execute("create table warehouse.without_months as table warehouse.fct_advice")
        connection.execute("drop table warehouse.fct_advice cascade")
        connection.execute("alter table warehouse.without_months rename to fct_advice")

    result = run(environment, "build", "2026-09")

    assert result.returncode != 0
    assert "build all months again, pulssi build --all" in result.stdout + result.stderr


def versions(settings):
    """By table and month: a digest of which versions of which rows are there."""
    found = {}
    with database.connect(settings) as connection:
        for name, column in connection.execute(DATED).fetchall():
            query = sql.SQL(
                "select date_trunc('month', {})::date::text, md5(string_agg(xmin::text || ctid, '' order by ctid))"
                " from {} group by 1"
            ).format(sql.Identifier(column), sql.Identifier("warehouse", name))
            found |= {(name, month): digest for month, digest in connection.execute(query)}
    return found


def received_by_day(settings):
    query = "select received_date::text, sum(event_count)::integer from warehouse.fct_events_received group by 1"
    with database.connect(settings) as connection:
        return dict(connection.execute(query).fetchall())


def gate(settings, month, verdict):
    """A gate of the metrics that judged the latest build of *month*."""
    with database.connect(settings) as connection:
        connection.execute(
            """
            insert into ops.gate_run (
                stage, month, cutoff, suite_version, verdict, blocking_failed, warning_failed, check_count, results,
                input_digest
            )
            select 'metrics', month, cutoff, '', %s, 0, 0, 1, '[]', '' from ops.build
            where month = %s and stage = 'metrics' order by build_id desc limit 1
            """,
            (verdict, month),
        )


def as_analyst(settings, query):
    with database.connect(settings) as connection:
        connection.execute("set role pulssi_analyst")
        return connection.execute(query).fetchall()


def contents(settings):
    """By table: how many rows it has, and a digest of them in whatever order."""
    found = {}
    with database.connect(settings) as connection:
        for (name,) in connection.execute(ROWS).fetchall():
            query = sql.SQL(
                "select count(*), md5(coalesce(string_agg(md5(t::text), '' order by md5(t::text)), '')) from {} as t"
            )
            found[name] = connection.execute(query.format(sql.Identifier("warehouse", name))).fetchone()
    return found


def run(environment, *arguments):
    command = [Path(sys.executable).parent / "pulssi", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def pulssi(environment, *arguments):
    result = run(environment, *arguments)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout
