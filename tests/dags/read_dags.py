"""Prints every DAG of a folder as JSON. Airflow is imported here, apart from the tests, because it changes warnings."""

import json
import sys

from airflow.dag_processing.dagbag import DagBag

bag = DagBag(dag_folder=sys.argv[1])
dags = [
    {
        "dag_id": dag.dag_id,
        "doc_md": dag.doc_md,
        "tags": sorted(dag.tags),
        "catchup": dag.catchup,
        "max_active_runs": dag.max_active_runs,
        "tasks": [
            {
                "task_id": task.task_id,
                "kind": type(task).__name__,
                "command": getattr(task, "bash_command", ""),
                "retries": task.retries,
                "retry_delay_seconds": task.retry_delay.total_seconds(),
                "upstream": sorted(task.upstream_task_ids),
            }
            for task in dag.topological_sort()
        ],
    }
    for dag in bag.dags.values()
]
print(json.dumps({"errors": {str(file): error for file, error in bag.import_errors.items()}, "dags": dags}))
