"""The account of builds: each month and stage from its start to its end, so that nobody reads what is half."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from infra import database
from infra.errors import ActionNeeded
from infra.settings import Settings
from kpi import definitions, touched_months
from kpi.built_months import Window

STARTED = """
    insert into ops.build (
        run_id, month, cutoff, stage, reason, is_open, reference_digest, month_reference_digest, definitions_digest,
        landed_before, started_at, built_at
    )
    values (
        %(run_id)s, %(month)s, %(cutoff)s, %(stage)s, %(reason)s, %(is_open)s,
        coalesce((select digest from ops.reference_load order by loaded_at desc limit 1), 'none'),
        %(month_reference_digest)s, %(definitions_digest)s, %(landed_before)s, clock_timestamp(), null
    )
"""


def record_check(settings: Settings, landed_before: datetime) -> None:
    """Record that the builds of all months have what was stored before *landed_before* about them."""
    with database.connect(settings) as connection:
        connection.execute("insert into ops.build_check (landed_before) values (%s)", (landed_before,))


@contextmanager
def recorded(settings: Settings, window: Window, stage: str) -> Iterator[None]:
    """Record the start of a build, and its end unless it fails; raise ActionNeeded while another build runs."""
    with database.connect(settings) as connection:
        connection.autocommit = True
        row = connection.execute("select pg_try_advisory_lock(hashtext('warehouse'))").fetchone()
        if not (row and row[0]):
            raise ActionNeeded("another pulssi build is at work: wait until it has ended, then run this again")
        months = [each.month for each in window.built]
        digests = touched_months.reference_digests(connection, months)
        landed_before = touched_months.landed_before(connection)
        definitions_digest = definitions.digest(touched_months.DBT_PROJECT)
        with connection.transaction():
            row = connection.execute("select nextval(pg_get_serial_sequence('ops.build', 'build_id'))").fetchone()
            run_id = row[0] if row else None
            for each in window.built:
                connection.execute(
                    STARTED,
                    {
                        "run_id": run_id,
                        "month": each.month.first_day,
                        "cutoff": each.cutoff,
                        "stage": stage,
                        "reason": each.reason,
                        "is_open": each.is_open,
                        "month_reference_digest": digests[each.month],
                        "definitions_digest": definitions_digest,
                        "landed_before": landed_before,
                    },
                )
        yield
        connection.execute("update ops.build set built_at = clock_timestamp() where run_id = %s", (run_id,))
