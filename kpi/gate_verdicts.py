"""The verdicts of the gates that a month has to have passed, of its own build and cutoff and no other."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy

from infra.errors import ActionNeeded
from infra.months import Month

FROM_BEST = ("passed", "passed_with_warnings", "blocked")
# What each gate judges has to be older than its verdict. Landing only grows, its cutoff says what is judged.
JUDGED_BUILD = {"marts": "marts", "metrics": "metrics", "release": "estimate"}
COMMANDS = {
    "marts": "build {month} --stage marts",
    "metrics": "build {month} --stage metrics",
    "estimate": "estimate {month}",
}


def passed(connection: sqlalchemy.Connection, month: Month, cutoff: datetime, stages: Iterable[str]) -> dict[str, str]:
    """The verdict of each of *stages*; raise ActionNeeded at the first that has not passed what is there now."""
    return {stage: _passed(connection, month, cutoff, stage) for stage in stages}


def worst(verdicts: Iterable[str]) -> str:
    return max(verdicts, key=FROM_BEST.index)


def latest_build(connection: sqlalchemy.Connection, month: Month, cutoff: datetime, stage: str) -> sqlalchemy.Row[Any]:
    """(built_at, reference_digest) of the build of *month* that is there; raise ActionNeeded when it is another one."""
    built = _latest(connection, month, stage)
    command = f"pulssi {COMMANDS[stage].format(month=month)} --cutoff {cutoff.isoformat()}"
    if built is None:
        raise ActionNeeded(f"{stage} of {month} is not there: run {command}")
    if built.cutoff != cutoff:
        there = built.cutoff.astimezone(cutoff.tzinfo).isoformat()
        raise ActionNeeded(f"{stage} of {month} is not there but that with cutoff {there}: run {command}")
    if built.built_at is None:
        raise ActionNeeded(f"{stage} of {month} is being built, or its build failed: wait, or run {command}")
    # The month before is compared with: another build of it since, as of another cutoff, is another comparison.
    before = _latest(connection, month.previous, stage)
    if built.run_id is not None and before is not None and before.build_id > built.build_id:
        compared = connection.execute(
            sqlalchemy.text("select cutoff from ops.build where run_id = :run_id and month = :month"),
            {"run_id": built.run_id, "month": month.previous.first_day},
        ).scalar_one_or_none()
        if before.built_at is None or before.cutoff != compared:
            raise ActionNeeded(f"{stage} of {month.previous} was built anew since that of {month}: run {command}")
    return built


def _latest(connection: sqlalchemy.Connection, month: Month, stage: str) -> sqlalchemy.Row[Any] | None:
    return connection.execute(
        sqlalchemy.text(
            "select build_id, run_id, built_at, reference_digest, cutoff from ops.build"
            " where stage = :stage and month = :month order by build_id desc limit 1"
        ),
        {"stage": stage, "month": month.first_day},
    ).one_or_none()


def _passed(connection: sqlalchemy.Connection, month: Month, cutoff: datetime, stage: str) -> str:
    run = connection.execute(
        sqlalchemy.text(
            "select verdict, ran_at, blocking_failed from ops.gate_run"
            " where stage = :stage and month = :month and cutoff = :cutoff order by gate_run_id desc limit 1"
        ),
        {"stage": stage, "month": month.first_day, "cutoff": cutoff},
    ).one_or_none()
    command = f"pulssi gate {stage} {month} --cutoff {cutoff.isoformat()}"
    if run is None:
        raise ActionNeeded(f"gate {stage} has not run for {month} with cutoff {cutoff.isoformat()}: run {command}")
    if run.verdict == "blocked":
        raise ActionNeeded(
            f"gate {stage} blocked {month}, {run.blocking_failed} blocking checks failed:"
            f" mend what they name, then run {command}"
        )
    if stage in JUDGED_BUILD and run.ran_at < latest_build(connection, month, cutoff, JUDGED_BUILD[stage]).built_at:
        raise ActionNeeded(f"gate {stage} of {month} ran before the latest build of what it judges: run {command}")
    return str(run.verdict)
