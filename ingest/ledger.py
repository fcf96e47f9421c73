"""Show whether every event is accounted for: sources, Kafka, the ledger and landing must tell the same."""

from dataclasses import dataclass
from typing import Any

import click
import psycopg

from infra import database
from infra.settings import read_settings

_BY_TOPIC = """
with loaded as (
    select topic, sum(next_offset - first_offset)::bigint as received from ops.kafka_offset group by topic
),
counted as (
    select
        topic,
        sum(accepted_count)::bigint as accepted,
        sum(duplicate_count)::bigint as duplicate,
        sum(rejected_count)::bigint as rejected,
        sum(held_count)::bigint as held
    from ops.ledger
    group by topic
),
produced as (
    select topic, sum(produced_count)::bigint as produced from ops.produced group by topic
)
select
    coalesce(loaded.topic, produced.topic) as topic,
    produced.produced,
    coalesce(loaded.received, 0),
    coalesce(counted.accepted, 0),
    coalesce(counted.duplicate, 0),
    coalesce(counted.rejected, 0),
    coalesce(counted.held, 0)
from loaded
left join counted on counted.topic = loaded.topic
full join produced on produced.topic = loaded.topic
order by 1
"""

_BY_SOURCE_AND_DAY = """
select
    coalesce(produced.received_date, counted.received_date),
    coalesce(produced.source, counted.source),
    coalesce(produced.topic, counted.topic),
    coalesce(produced.produced_count, 0), coalesce(counted.received, 0)
from ops.produced
full join (
    select
        received_date, source, topic,
        sum(accepted_count + duplicate_count + rejected_count + held_count)::bigint as received
    from ops.ledger
    group by received_date, source, topic
) as counted
    on
        counted.received_date = produced.received_date
        and counted.source = produced.source
        and counted.topic = produced.topic
where coalesce(produced.produced_count, 0) <> coalesce(counted.received, 0)
order by 1, 2, 3
"""

_BY_TABLE = """
select 'accepted', (select sum(accepted_count) from ops.ledger), (select count(*) from landing.event)
union all
select 'duplicate', (select sum(duplicate_count) from ops.ledger), (select count(*) from landing.event_duplicate)
union all
select
    'rejected',
    (select sum(rejected_count) from ops.ledger),
    (select count(*) from ops.dead_letter where outcome is null or outcome = 'translated')
union all
select 'held', (select sum(held_count) from ops.ledger), (select count(*) from landing.event_held)
"""


@dataclass(frozen=True, slots=True)
class Balance:
    """The ledger beside what it must agree with; *faults* says in words where it does not."""

    topics: list[tuple[Any, ...]]
    faults: list[str]


@click.command(epilog="Example: pulssi ledger")
def ledger() -> None:
    """Show whether every event is accounted for; exit with 1 when not."""
    with database.connect(read_settings()) as connection:
        balance = read_balance(connection)
    click.echo(
        f"{'topic':<28}{'produced':>10}{'received':>10}{'accepted':>10}{'duplicate':>10}{'rejected':>10}{'held':>8}"
    )
    for topic, produced, *counts in balance.topics:
        click.echo(
            f"{topic:<28}{('not told' if produced is None and counts[0] else produced or 0):>10}"
            + "".join(f"{n:>10}" for n in counts[:-1])
            + f"{counts[-1]:>8}"
        )
    for fault in balance.faults:
        click.echo(f"NOT BALANCED  {fault}")
    if balance.faults:
        raise SystemExit(1)
    click.echo("balanced: received = accepted + duplicate + rejected + held, for every topic, source and day")


def read_balance(connection: psycopg.Connection) -> Balance:
    """Compare what was produced, Kafka's offsets, the ledger and the tables. A topic nobody counted at the sending end
    (written to directly) has produced = None and is compared with offsets only."""
    topics = connection.execute(_BY_TOPIC).fetchall()
    faults = [
        f"{topic}: {received} received by offsets, {accepted + duplicate + rejected + held} in the ledger"
        for topic, _, received, accepted, duplicate, rejected, held in topics
        if received != accepted + duplicate + rejected + held
    ]
    told = {topic for topic, produced, *_ in topics if produced is not None}
    faults += [
        f"{day} {source} ({topic}): {produced} produced, {received} in the ledger"
        + (
            " (not loaded yet? pulssi load)"
            if produced > received
            else " (a sender was killed before it wrote its count?)"
        )
        for day, source, topic, produced, received in connection.execute(_BY_SOURCE_AND_DAY)
        if topic in told
    ]
    faults += [
        f"{fate}: {counted} in the ledger, {stored} rows stored"
        for fate, counted, stored in connection.execute(_BY_TABLE)
        if (counted or 0) != stored
    ]
    return Balance(topics, faults)
