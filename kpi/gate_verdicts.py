"""The verdicts of the gates that a month has to have passed, of its own build and cutoff and no other."""

from collections.abc import Iterable
from datetime import datetime

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


def latest_build(
    connection: sqlalchemy.Connection, month: Month, cutoff: datetime, stage: str
) -> sqlalchemy.Row[tuple[datetime, str]]:
    """(built_at, reference_digest) of the build that is there; raise ActionNeeded when it is of something else."""
    built = connection.execute(
        sqlalchemy.text(
            "select built_at, reference_digest, month, cutoff from ops.build"
            " where stage = :stage order by build_id desc limit 1"
        ),
        {"stage": stage},
    ).one_or_none()
    command = f"pulssi {COMMANDS[stage].format(month=month)} --cutoff {cutoff.isoformat()}"
    if built is None:
        raise ActionNeeded(f"{stage} of {month} is not there: run {command}")
    if (built.month, built.cutoff) != (month.first_day, cutoff):
        there = f"{Month(built.month)} with cutoff {built.cutoff.astimezone(cutoff.tzinfo).isoformat()}"
        raise ActionNeeded(f"{stage} of {month} is not there but that of {there}: run {command}")
    return built


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
