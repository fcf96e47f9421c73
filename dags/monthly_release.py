"""
Makes the release of one month with its reports and its feed, for the coordinators of the points and the agencies.

Runs on the 3rd (provisional) and on the 10th (final) of the next month, or for any month by `pulssi run-month 2026-10`.

**Triage**: every task rebuilds the whole of its month from the landing tables, so it is always safe to clear it.

- `gate_*` failed: a decision, not an accident. Its log names each failed check and what to do; nothing after it ran,
  and readers still see the last release. Mend the cause, then clear the gate. One with only warnings goes on.
- `build_*` or `estimate` failed: the error of dbt or Python is in its log; `pulssi status` says if the services answer.
- `report` or `feed` failed: the release stands. Clear only that task.
"""

from datetime import timedelta

import pendulum
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG, Param

RELEASED_MONTH = (
    "{% set run_day = dag_run.run_after.astimezone(dag.timezone) %}"
    "{{ params.month or (run_day.replace(day=1) - macros.timedelta(days=1)).strftime('%Y-%m') }}"
)
MONTH = (
    RELEASED_MONTH
    + " --status {{ params.status or ('final' if run_day.day >= 10 else 'provisional') }}"
    + "{{ ' --cutoff ' ~ params.cutoff if params.cutoff else '' }}"
)

with DAG(
    dag_id="monthly_release",
    schedule="0 6 3,10 * *",
    start_date=pendulum.datetime(2026, 9, 1, tz="Europe/Helsinki"),
    catchup=False,
    max_active_runs=1,
    default_args={"owner": "pulssi", "retries": 1, "retry_delay": timedelta(minutes=1)},
    params={
        "month": Param(
            None,
            type=["null", "string"],
            pattern=r"^\d{4}-\d{2}$",
            description="2026-10; empty: the month before the run",
        ),
        "status": Param(
            None,
            enum=[None, "provisional", "final"],
            description="empty: provisional until the 9th, then final",
        ),
        "cutoff": Param(
            None,
            type=["null", "string"],
            pattern=r"^[0-9T:.+-]+$",
            description="count what was received before this instant",
        ),
    },
    tags=["tier-1", "release"],
    doc_md=__doc__,
):
    # A blocked gate says the same at each try: it waits for a person.
    gate_landing = BashOperator(task_id="gate_landing", bash_command=f"pulssi gate landing {MONTH}", retries=0)
    build_marts = BashOperator(task_id="build_marts", bash_command=f"pulssi build {MONTH} --stage marts")
    gate_marts = BashOperator(task_id="gate_marts", bash_command=f"pulssi gate marts {MONTH}", retries=0)
    build_metrics = BashOperator(task_id="build_metrics", bash_command=f"pulssi build {MONTH} --stage metrics")
    gate_metrics = BashOperator(task_id="gate_metrics", bash_command=f"pulssi gate metrics {MONTH}", retries=0)
    estimate = BashOperator(task_id="estimate", bash_command=f"pulssi estimate {MONTH}")
    gate_release = BashOperator(task_id="gate_release", bash_command=f"pulssi gate release {MONTH}", retries=0)
    release = BashOperator(task_id="release", bash_command=f"pulssi release {MONTH}")
    report = BashOperator(task_id="report", bash_command=f"pulssi report {RELEASED_MONTH}")
    feed = BashOperator(task_id="feed", bash_command=f"pulssi feed {RELEASED_MONTH}")

    (gate_landing >> build_marts >> gate_marts >> build_metrics >> gate_metrics >> estimate >> gate_release >> release)
    release >> [report, feed]
