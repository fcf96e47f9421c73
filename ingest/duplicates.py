"""What came more than once: duplicates and conflicts of each source and month, from the rows kept of them."""

from datetime import date

import click
import psycopg

_BY_SOURCE_AND_MONTH = """
with

kept as (

    select source, received_at, event_key, 1 as duplicate, 0 as conflict
    from landing.event_duplicate

    union all

    select source, received_at, null, 0, 1
    from ops.dead_letter
    where reason_code = 'conflict' and outcome is null

),

kept_by_month as (

    select
        cast(date_trunc('month', received_at at time zone 'UTC') as date) as month,
        source,
        sum(duplicate) as duplicates,
        count(distinct event_key) as events_repeated,
        sum(conflict) as conflicts
    from kept
    group by 1, 2

),

counted as (

    select
        cast(date_trunc('month', received_date) as date) as month,
        source,
        sum(accepted_count + duplicate_count + rejected_count + held_count + parked_count) as received,
        sum(duplicate_count) as duplicates,
        sum(conflict_count) as conflicts
    from ops.ledger
    group by 1, 2

)

select
    month, source, coalesce(counted.received, 0)::bigint,
    coalesce(kept_by_month.duplicates, 0)::bigint, coalesce(events_repeated, 0)::bigint,
    coalesce(kept_by_month.conflicts, 0)::bigint,
    (coalesce(counted.duplicates, 0), coalesce(counted.conflicts, 0))
    = (coalesce(kept_by_month.duplicates, 0), coalesce(kept_by_month.conflicts, 0))
from counted
full join kept_by_month using (month, source)
where
    coalesce(kept_by_month.duplicates, counted.duplicates, 0) + coalesce(kept_by_month.conflicts, counted.conflicts, 0)
    > 0
    and (%(month)s::date is null or month = %(month)s)
order by month, 4 desc, source
"""


def show_duplicates(connection: psycopg.Connection, month: date | None) -> None:
    """Print them; exit with 1 where the rows kept are not what the ledger counted."""
    found = connection.execute(_BY_SOURCE_AND_MONTH, {"month": month}).fetchall()
    click.echo(f"{'month':<9}{'received':>10}{'duplicates':>12}{'of events':>11}{'conflicts':>11}  source")
    for when, source, received, duplicates, repeated, conflicts, agrees in found:
        click.echo(
            f"{when:%Y-%m}  {received:>10}{duplicates:>12}{repeated:>11}{conflicts:>11}  {source}"
            + ("" if agrees else "   NOT BALANCED: the ledger says otherwise")
        )
    duplicates, conflicts = sum(row[3] for row in found), sum(row[5] for row in found)
    click.echo(
        f"{duplicates} duplicates and {conflicts} conflicts; a conflict is a dead letter: pulssi dead-letters list"
    )
    if not all(row[6] for row in found):
        raise SystemExit(1)
