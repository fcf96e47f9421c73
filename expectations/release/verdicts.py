"""Verdicts of the gates before: all passed, for the same month and cutoff, in the order of the stages."""

import great_expectations as gx

from expectations.checks import no_rows

BATCH = """
select stages.stage, latest.verdict, latest.ran_at, builds.built_at
from (values ('landing'), ('marts'), ('metrics')) as stages (stage)
left join lateral (
    select verdict, ran_at
    from ops.gate_run
    where
        gate_run.stage = stages.stage
        and month = current_setting('pulssi.month')::date
        and cutoff = current_setting('pulssi.cutoff')::timestamptz
    order by gate_run_id desc
    limit 1
) as latest on true
left join lateral (
    select built_at
    from ops.build
    where
        build.stage = stages.stage
        and month = current_setting('pulssi.month')::date
        and cutoff = current_setting('pulssi.cutoff')::timestamptz
    order by build_id desc
    limit 1
) as builds on true
"""

SUITE = gx.ExpectationSuite(
    "release.verdicts",
    expectations=[
        no_rows(
            "select stage, verdict from {batch} where verdict is null or verdict = 'blocked'",
            name="gates_before_passed",
            says="the gates of landing, marts and metrics passed for this month and cutoff",
            action="run the gate that is named below; when it is blocked, mend what it says",
        ),
        no_rows(
            "select stage, built_at, ran_at as judged_at from {batch} where built_at > ran_at",
            name="what_was_judged_is_what_is_built",
            says="nothing was built after its gate judged it",
            action="run the gate of that stage and all steps after it again",
        ),
    ],
)
