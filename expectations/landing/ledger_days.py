"""The ledger by day: what producers sent has been loaded, what was accepted is there, and bad events are few."""

import great_expectations as gx

from expectations.checks import WARNING, no_rows

# The cutoff's own day is left out: counts are kept by whole days.
BATCH = """
select
    received_date,
    source,
    topic,
    sum(produced_count) as produced_count,
    sum(accepted_count) as accepted_count,
    sum(rejected_count) as rejected_count,
    sum(parked_count) as parked_count,
    sum(loaded_count) as loaded_count
from (
    select
        received_date, source, topic, 0 as produced_count, accepted_count, rejected_count, parked_count,
        accepted_count + duplicate_count + rejected_count + held_count + parked_count as loaded_count
    from ops.ledger
    union all
    select received_date, source, topic, produced_count, 0, 0, 0, 0
    from ops.produced
) as counted
where
    received_date >= current_setting('pulssi.first_instant')::timestamptz at time zone 'UTC'
    and received_date < (current_setting('pulssi.cutoff')::timestamptz at time zone 'UTC')::date
group by 1, 2, 3
"""

SUITE = gx.ExpectationSuite(
    "landing.ledger_days",
    expectations=[
        no_rows(
            """
            select topic, sum(produced_count) as produced_count, sum(loaded_count) as loaded_count
            from {batch}
            group by 1 having sum(produced_count) > sum(loaded_count)
            """,
            name="all_produced_is_loaded",
            says="each topic has been loaded up to the cutoff",
            action="run pulssi load until it finds nothing more, then this gate again",
        ),
        no_rows(
            """
            select coalesce(accepted.received_date, stored.received_date) as received_date, accepted_count, stored_count
            from (select received_date, sum(accepted_count) as accepted_count from {batch} group by 1) as accepted
            full join (
                select (received_at at time zone 'UTC')::date as received_date, count(*) as stored_count
                from landing.event
                where
                    received_at >= current_setting('pulssi.first_instant')::timestamptz
                    and received_at < date_trunc('day', current_setting('pulssi.cutoff')::timestamptz, 'UTC')
                group by 1
            ) as stored using (received_date)
            where coalesce(accepted_count, 0) <> coalesce(stored_count, 0)
            """,
            name="accepted_events_are_stored",
            says="landing holds as many events as the ledger says were accepted, on each day of receipt",
            action=("rows of landing were changed by hand or lost: restore these days from a backup, or replay them"),
        ),
        no_rows(
            """
            select sum(rejected_count) as rejected_count, sum(loaded_count) as loaded_count
            from {batch}
            having sum(rejected_count) > 0.2 * sum(loaded_count)
            """,
            name="rejected_share_is_not_absurd",
            says="at most 20 % of all events were rejected",
            action=(
                "a contract, a key or a clock changed for many sources: pulssi dead-letters list --summary says "
                "which; mend, pulssi dead-letters replay"
            ),
        ),
        no_rows(
            """
            select source, sum(rejected_count) as rejected_count, sum(loaded_count) as loaded_count
            from {batch}
            group by 1 having sum(loaded_count) >= 20 and sum(rejected_count) > 0.02 * sum(loaded_count)
            """,
            name="rejected_share_by_source",
            says="at most 2 % of the events of each source were rejected",
            action=(
                "tell the owner of the source (reference.source) what pulssi dead-letters explain says; its figures "
                "miss these events"
            ),
            severity=WARNING,
        ),
        no_rows(
            "select source, sum(parked_count) as parked_count from {batch} group by 1 having sum(parked_count) > 0",
            name="no_source_is_parked",
            says="no source has events that wait because its breaker is open",
            action=(
                "its figures miss these events: pulssi breakers list says why and since when; they come in when the "
                "source is mended, or by pulssi breakers release"
            ),
            severity=WARNING,
        ),
    ],
)
