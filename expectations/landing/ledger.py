"""The ledger: every event that Kafka holds is accounted for."""

import great_expectations as gx

from expectations.checks import no_rows

# Partitions are counted since they were first read: the ledger of a partition has no beginning of a month.
BATCH = """
select
    coalesce(received.topic, accounted.topic) as topic,
    coalesce(received.kafka_partition, accounted.kafka_partition) as kafka_partition,
    coalesce(received.event_count, 0) as received_count,
    coalesce(accounted.event_count, 0) as accounted_count,
    coalesce(accounted.conflict_count, 0) as conflict_count,
    coalesce(accounted.rejected_count, 0) as rejected_count
from (
    select topic, kafka_partition, sum(next_offset - first_offset) as event_count
    from ops.kafka_offset
    group by 1, 2
) as received
full join (
    select
        topic,
        kafka_partition,
        sum(accepted_count + duplicate_count + rejected_count + held_count + parked_count) as event_count,
        sum(conflict_count) as conflict_count,
        sum(rejected_count) as rejected_count
    from ops.ledger
    group by 1, 2
) as accounted using (topic, kafka_partition)
"""

SUITE = gx.ExpectationSuite(
    "landing.ledger",
    expectations=[
        no_rows(
            "select * from {batch} where received_count <> accounted_count",
            name="ledger_balances",
            says="received by offsets = accepted + duplicate + rejected + held + parked, in each partition",
            action=(
                "do not build: run pulssi ledger for the days and sources concerned, then restore or "
                "replay that partition"
            ),
        ),
        no_rows(
            "select * from {batch} where conflict_count > rejected_count",
            name="conflicts_are_rejected",
            says="conflicts are a part of what was rejected",
            action="the loader's bookkeeping is wrong: report it with the rows below",
        ),
    ],
)
