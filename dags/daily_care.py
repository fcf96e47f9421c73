"""
Keeps the promises that are due every day, for the owners of the sources and the data protection officer.

**Triage**: each task may be cleared and run again at any time.

- `expire_dead_letters` failed: the bytes of dead letters stay longer than promised. It needs PostgreSQL only;
  `pulssi status` says if that answers. It runs again the next day, and deletes then what is due by then.
"""

from datetime import timedelta

import pendulum
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

with DAG(
    dag_id="daily_care",
    schedule="30 4 * * *",
    start_date=pendulum.datetime(2026, 11, 1, tz="Europe/Helsinki"),
    catchup=False,
    max_active_runs=1,
    default_args={"owner": "pulssi", "retries": 2, "retry_delay": timedelta(minutes=5)},
    tags=["tier-1", "retention"],
    doc_md=__doc__,
):
    BashOperator(task_id="expire_dead_letters", bash_command="pulssi dead-letters expire")
