"""Judge a stage before the next one may run."""

import hashlib
from datetime import datetime
from zoneinfo import ZoneInfo

import click
import sqlalchemy
from sqlalchemy import text

from expectations.runner import STAGES, Check, Judgement, judge
from infra import database
from infra.errors import ActionNeeded
from infra.months import Month, month_arguments, parse_cutoff, parse_month
from infra.settings import read_settings

# What a verdict is about. It changes when the stage before has stored or built something else.
INPUTS = {
    "landing": """
        select count(*), max(stored_at), (select digest from ops.reference_load order by loaded_at desc limit 1)
        from landing.event
        where received_at < :cutoff
    """,
    "marts": "select max(build_id) from ops.build where stage = 'marts' and month = :month and cutoff = :cutoff",
    "metrics": "select max(build_id) from ops.build where stage = 'metrics' and month = :month and cutoff = :cutoff",
    "release": """
        select md5(string_agg(estimate::text, '|' order by estimate::text collate "C"))
        from publish.estimate
        where month = :month and cutoff = :cutoff
    """,
}
STORE = """
    insert into ops.gate_run (
        stage, month, cutoff, suite_version, verdict, blocking_failed, warning_failed, check_count,
        results, input_digest
    ) values (
        :stage, :month, :cutoff, :suite_version, :verdict, :blocking_failed, :warning_failed, :check_count,
        cast(:results as json), :input_digest
    )
"""
# The staging and intermediate models are those of the last run only, and the marts are judged beside them.
LATEST_BUILD = """
    select month, cutoff, built_at is not null as is_finished
    from ops.build
    where
        stage = :stage
        and (
            :stage = 'metrics'
            or run_id is not distinct from (
                select run_id from ops.build where stage = :stage order by build_id desc limit 1
            )
        )
        and month = :month
    order by build_id desc
    limit 1
"""

# Its cutoff in the last build of the marts, if that built both.
MONTH_BEFORE = """
    select month_before.cutoff
    from (select run_id from ops.build where stage = 'marts' and month = :month order by build_id desc limit 1) as last
    inner join ops.build as month_before on last.run_id = month_before.run_id
    where month_before.month = :month_before
"""


@click.command(epilog="Example: pulssi gate landing 2026-10")
@click.argument("stage", type=click.Choice(STAGES))
@month_arguments
def gate(stage: str, month: str, status: str, cutoff: str | None) -> None:
    """Judge STAGE of MONTH: 0 when the next stage may run (warnings are listed), 1 when it may not."""
    settings = read_settings()
    judged_month = parse_month(month)
    instant = parse_cutoff(cutoff, judged_month, status, settings.deployment.time_zone)
    engine = database.engine(settings)
    try:
        judgement = run_gate(engine, stage, judged_month, instant, settings.deployment.time_zone)
    finally:
        engine.dispose()
    for line in describe(judgement, judged_month):
        click.echo(line)
    if judgement.verdict == "blocked":
        raise SystemExit(1)


def run_gate(engine: sqlalchemy.Engine, stage: str, month: Month, cutoff: datetime, time_zone: ZoneInfo) -> Judgement:
    """Judge a stage and store the verdict; raise ActionNeeded when what was built is of another month or cutoff."""
    with engine.connect() as connection:
        input_digest = _input_digest(connection, stage, month, cutoff)
        month_before_cutoff = connection.execute(
            text(MONTH_BEFORE), {"month": month.first_day, "month_before": month.previous.first_day}
        ).scalar_one_or_none()
    judgement = judge(stage, month, cutoff, time_zone, engine.url, month_before_cutoff)
    with engine.begin() as connection:
        if _input_digest(connection, stage, month, cutoff) != input_digest:
            raise ActionNeeded(
                f"gate {stage} {month}: what was judged changed meanwhile: run it again when nothing else writes"
            )
        connection.execute(
            text(STORE),
            {
                "stage": stage,
                "month": month.first_day,
                "cutoff": cutoff,
                "suite_version": judgement.suite_version,
                "verdict": judgement.verdict,
                "blocking_failed": len(judgement.blocking),
                "warning_failed": len(judgement.warnings),
                "check_count": len(judgement.checks),
                "results": judgement.as_json(),
                "input_digest": input_digest,
            },
        )
    return judgement


def describe(judgement: Judgement, month: Month) -> list[str]:
    """What a person reads: for each failed check what was found and what to do, and last the verdict."""
    lines = []
    for title, failed in (
        ("note", judgement.notes),
        ("warning", judgement.warnings),
        ("BLOCKED by", judgement.blocking),
    ):
        for check in failed:
            lines.append(f"{title} {check.suite}.{check.name}: expected that {check.says}")
            lines += [f"    found {_found(check)}", f"    do: {check.action}"]
    counts = f"{len(judgement.checks)} checks, {len(judgement.blocking)} block, {len(judgement.warnings)} warn"
    return [*lines, f"gate {judgement.stage} {month}: {judgement.verdict.replace('_', ' ')} ({counts})"]


def _found(check: Check) -> str:
    if not check.sample:
        return f"{check.observed} (limit: {check.limit})"
    examples = "; ".join(
        ", ".join(f"{name} {value}" for name, value in row.items()) if isinstance(row, dict) else str(row)
        for row in check.sample
    )
    return f"{check.observed}, for example {examples}"


def _input_digest(connection: sqlalchemy.Connection, stage: str, month: Month, cutoff: datetime) -> str:
    if stage in ("marts", "metrics"):
        built = connection.execute(text(LATEST_BUILD), {"stage": stage, "month": month.first_day}).one_or_none()
        if built is None or tuple(built) != (month.first_day, cutoff, True):
            held = "nothing of it from the last build" if built is None else f"it as of {built.cutoff.isoformat()}"
            raise ActionNeeded(
                f"the {stage} of {month} are not there: there is {held}, not {month} as of {cutoff.isoformat()}:"
                f" run pulssi build {month} --stage {stage}"
            )
    row = connection.execute(text(INPUTS[stage]), {"month": month.first_day, "cutoff": cutoff}).one()
    return hashlib.sha256(repr(tuple(row)).encode()).hexdigest()[:32]
