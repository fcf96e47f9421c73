"""Each gate over a small month that went through the real models: it passes, and it stops what must not go on."""

import dataclasses
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import click.testing
import psycopg
import pytest
from psycopg import sql

from expectations.gate import describe, gate, run_gate
from expectations.runner import STAGES, Judgement
from infra import database
from infra.errors import ActionNeeded
from infra.months import cutoff_of, parse_month
from infra.settings import Settings

pytestmark = pytest.mark.services

MONTH = parse_month("2026-10")
GOOD_MONTH = Path(__file__).with_name("good_month.sql")

NAME_A_VISIT = """
    update landing.event set data = (data::jsonb || '{{"visited_on": "{}"}}')::json
    where event_type = 'feedback.given' and received_at >= '2026-10-12'
"""

CORRECT = """
    insert into warehouse.fct_corrections (source, ref_source, correction, state, correction_count, received_date)
    values ('/points/alpha/queue', '/points/beta/queue', 'withdrawn', '{}', 1, '2026-10-05')
"""

MakeMonth = Callable[[], Settings]


@pytest.fixture(scope="module")
def good_month(make_deployment) -> Settings:
    """A deployment whose month went through all stages, each after its gate."""
    from kpi.build import build_stage
    from kpi.estimate import estimate_month

    settings, _ = make_deployment()
    with database.connect(settings) as connection:
        connection.execute(GOOD_MONTH.read_text(encoding="utf-8"))
    cutoff = cutoff_of(MONTH, "final", settings.deployment.time_zone)
    steps = {
        "marts": lambda: build_stage(settings, MONTH, cutoff, "marts", print),
        "metrics": lambda: build_stage(settings, MONTH, cutoff, "metrics", print),
        "release": lambda: estimate_month(settings, MONTH, cutoff, "final"),
    }
    for stage in STAGES:
        steps.get(stage, lambda: None)()
        judgement = judged(settings, stage)
        assert judgement.verdict != "blocked", "\n".join(describe(judgement, MONTH))
    return settings


@pytest.fixture
def month(good_month) -> Iterator[Settings]:
    """A copy of the good month that a test may break."""
    name = f"copy_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(database.url(good_month, "postgres"), autocommit=True) as server:
        copied = (sql.Identifier(name), sql.Identifier(good_month.deployment.database))
        server.execute(sql.SQL("create database {} template {}").format(*copied))
        yield dataclasses.replace(good_month, deployment=dataclasses.replace(good_month.deployment, database=name))
        server.execute(sql.SQL("drop database {} with (force)").format(copied[0]))


def judged(settings: Settings, stage: str, breaking: str = "") -> Judgement:
    """The judgement of a stage after a statement that breaks its data."""
    if breaking:
        with database.connect(settings) as connection:
            connection.execute(breaking)
    engine = database.engine(settings)
    zone = settings.deployment.time_zone
    try:
        return run_gate(engine, stage, MONTH, cutoff_of(MONTH, "final", zone), zone)
    finally:
        engine.dispose()


def names(checks) -> set[str]:
    return {check.name for check in checks}


@pytest.mark.parametrize("stage", STAGES)
def test_a_good_month_passes_every_gate_without_a_warning(month, stage):
    judgement = judged(month, stage)

    assert describe(judgement, MONTH)[:-1] == []


@pytest.mark.parametrize(
    ("stage", "breaking", "stopped_by"),
    [
        ("landing", "delete from landing.event where event_id = '7'", "accepted_events_are_stored"),
        ("landing", "insert into landing.event select * from landing.event where event_id = '7'", "no_event_twice"),
        ("landing", "update ops.kafka_offset set next_offset = next_offset + 1", "ledger_balances"),
        ("landing", "update ops.produced set produced_count = produced_count + 1", "all_produced_is_loaded"),
        ("landing", "update ops.ledger set rejected_count = accepted_count", "rejected_share_is_not_absurd"),
        ("landing", "update landing.event set event_type = 'queue.teleported' where event_id = '7'",
         "event_type_is_known"),
        ("landing", "update landing.event set occurred_at = occurred_at + interval '2 days' where event_id = '7'",
         "no_event_from_the_future"),
        ("landing", "delete from reference.service_point", "points_are_registered"),
        ("marts", "delete from landing.event where data ->> 'ticket_key' like 'a%'", "nothing_is_lost_or_doubled"),
        ("marts", NAME_A_VISIT.format("2026-09-30"), "nothing_is_lost_or_doubled"),
        ("marts", "delete from warehouse.stg_landing__events_judged where event_type = 'queue.called'",
         "nothing_is_lost_or_doubled"),
        ("marts", "update warehouse.fct_tickets set called_count = called_count + 1", "every_ticket_has_one_fate"),
        ("marts", "update warehouse.fct_ticket_waits set wait_seconds = -60 where wait_seconds = 120",
         "wait_is_plausible"),
        ("marts", "update warehouse.fct_ticket_waits set called_count = 2 * called_count",
         "no_more_waits_than_tickets"),
        ("marts", "update warehouse.fct_visits set service_point_id = 'gamma'", "point_is_in_the_dimension"),
        ("marts", "update warehouse.fct_feedback_answers set score = 6 where score = 5", "score_is_on_the_scale"),
        ("marts", "alter table warehouse.fct_visits add desk_id text", "no_desk_in_facts"),
        ("metrics", "delete from warehouse.metric_month_values where level_id = 'beta'",
         "every_point_has_every_metric"),
        ("metrics", "delete from warehouse.metric_month_values where metric_id = 'visits'", "every_metric_is_there"),
        ("metrics", "update warehouse.metric_month_values set numerator = numerator + 1 where level_id = 'beta'",
         "points_add_up_to_the_nation"),
        ("metrics", "update warehouse.metric_month_values set value = 0 where value is null", "missing_has_a_reason"),
        ("metrics", "update warehouse.metric_month_values set value = 100 * value where statistic = 'ratio'",
         "value_is_possible"),
        ("metrics", "update warehouse.metric_components set numerator = denominator + 1 where metric_id like 'aba%'",
         "numerator_within_denominator"),
        ("metrics", "update warehouse.completeness_values set measured_minutes = 2 * opening_minutes",
         "measured_within_opening"),
        ("release", "update publish.estimate set upper_bound = value - 0.1 where upper_bound is not null",
         "interval_holds_its_value"),
        ("release", "update publish.estimate set lower_bound = null where lower_bound is not null",
         "interval_holds_its_value"),
        ("release", "update publish.estimate set value = null where value is not null", "missing_value_says_why"),
        ("release", "update publish.estimate set observation_status = 'X'", "observation_status_is_sdmx"),
        ("release", "update publish.estimate set cutoff = cutoff - interval '7 days'", "one_cutoff"),
        ("release", "update publish.estimate set completeness_minutes_share = 1.2",
         "completeness_minutes_share_is_a_share"),
        ("release", "delete from publish.estimate where level_id = 'beta'", "every_metric_value_is_estimated"),
        ("release", "update ops.gate_run set verdict = 'blocked' where stage = 'marts'", "gates_before_passed"),
        ("release", "update ops.build set built_at = now() + interval '1 hour' where stage = 'metrics'",
         "what_was_judged_is_what_is_built"),
    ],
)  # fmt: skip
def test_a_broken_month_is_stopped_by_the_check_that_names_the_fault(month, stage, breaking, stopped_by):
    judgement = judged(month, stage, breaking)

    assert judgement.verdict == "blocked"
    assert stopped_by in names(judgement.blocking)


@pytest.mark.parametrize(
    ("stage", "breaking", "warned_by"),
    [
        ("landing", "insert into landing.event_held select *, 'unknown_point', 'x' from landing.event limit 1",
         "no_event_is_held"),
        ("landing", "update ops.ledger set rejected_count = 3, accepted_count = accepted_count - 3",
         "rejected_share_by_source"),
        ("landing", "update ops.ledger set parked_count = 1, accepted_count = accepted_count - 1",
         "no_source_is_parked"),
        ("landing", "insert into reference.source values ('new', 'queue', null, 'beta', 'kela', 'daily', '2026-10-01')",
         "every_source_delivered"),
        ("marts", "update warehouse.dim_service_points set valid_from = '2026-10-15'", "point_was_valid_on_the_day"),
        ("marts", NAME_A_VISIT.format("2026-11-30"), "visits_are_dated_before_their_answers"),
        ("marts", "update warehouse.fct_tickets set agency_code = 'teleport'", "agency_is_in_the_dimension"),
        ("marts", CORRECT.format("waits"), "no_correction_waits"),
        ("marts", CORRECT.format("not_permitted"), "no_correction_is_not_permitted"),
        ("marts", "insert into warehouse.fct_device_clocks (source, is_clock_wrong, is_corrected, received_date)"
         " values ('/points/beta/feedback', true, false, '2026-10-05')", "no_clock_is_wrong"),
        ("metrics", "update warehouse.metric_month_values set denominator = 10 * denominator"
         " where period = '2026-09-01'",
         "volume_does_not_halve"),
    ],
)  # fmt: skip
def test_what_a_person_should_know_but_need_not_stop_is_a_warning(month, stage, breaking, warned_by):
    assert warned_by in names(judged(month, stage, breaking).warnings)


def test_what_is_in_no_figure_yet_is_told_as_a_note_that_changes_no_verdict(month):
    judgement = judged(month, "marts", "update warehouse.fct_events_received set fact = null")

    assert judgement.verdict == "passed"
    assert describe(judgement, MONTH)[0].startswith("note marts.event_types.every_type_is_in_a_fact: ")


@pytest.mark.parametrize(
    "text", ["soita 040 1234567", "hetu 131052-308T", "maija@example.fi", "FI21 1234 5600 0007 85"]
)
def test_personal_data_stops_the_line_and_is_not_repeated_in_the_verdict(month, text):
    breaking = f"update landing.event set data = json_build_object('text', '{text}') where event_id = '7'"

    judgement = judged(month, "landing", breaking)

    assert "no_personal_data" in names(judgement.blocking)
    assert text not in judgement.as_json() + "\n".join(describe(judgement, MONTH))


def test_an_upper_bound_out_of_range_does_not_stop_a_release(month):
    judgement = judged(
        month, "release", "update publish.estimate set upper_bound = null where metric_id = 'queue_time_median'"
    )

    assert judgement.verdict == "passed"


def test_a_check_that_cannot_run_blocks_even_if_it_would_only_warn(month):
    judgement = judged(month, "marts", "alter table warehouse.fct_opening_days rename opening_minutes to minutes")

    assert "no_customers_on_closed_days" in names(judgement.blocking)


def test_the_verdict_is_stored_with_what_was_judged(month):
    first = judged(month, "landing")
    judged(month, "landing", "update landing.event set stored_at = stored_at + interval '1 day' where event_id = '7'")

    with database.connect(month) as connection:
        runs = connection.execute(
            "select suite_version, input_digest, verdict, check_count, json_array_length(results)"
            " from ops.gate_run where stage = 'landing' order by gate_run_id desc limit 2"
        ).fetchall()
    assert [run[0] for run in runs] == [first.suite_version] * 2
    assert runs[0][1] != runs[1][1]
    assert [run[2:] for run in runs] == [("passed", len(first.checks), len(first.checks))] * 2


def test_a_gate_refuses_what_was_built_for_another_month(month):
    with pytest.raises(ActionNeeded, match=r"run pulssi build 2026-10 --stage metrics"):
        judged(month, "metrics", "update ops.build set month = '2026-09-01'")


def test_the_command_ends_with_1_and_says_what_to_do(month, monkeypatch):
    monkeypatch.setattr("expectations.gate.read_settings", lambda: month)
    with database.connect(month) as connection:
        connection.execute("update ops.produced set produced_count = produced_count + 1")

    result = click.testing.CliRunner().invoke(gate, ["landing", "2026-10"])

    assert result.exit_code == 1
    assert "BLOCKED by landing.ledger_days.all_produced_is_loaded" in result.output
    assert "do: run pulssi load" in result.output
