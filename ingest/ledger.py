"""Show whether every event is accounted for: sources, Kafka, the ledger and landing must tell the same."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import click
import psycopg

from infra import database
from infra.errors import ActionNeeded
from infra.settings import read_settings
from ingest.duplicates import show_duplicates
from ingest.kafka.ends import Ends, read_ends

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
        sum(held_count)::bigint as held,
        sum(parked_count)::bigint as parked
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
    coalesce(counted.held, 0),
    coalesce(counted.parked, 0)
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
        sum(accepted_count + duplicate_count + rejected_count + held_count + parked_count)::bigint as received
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
union all
select
    'parked',
    (select sum(parked_count) from ops.ledger),
    (select count(*) from ops.parked_event where outcome is null)
"""

_STOPS = ("produced", "in Kafka", "loaded", "accepted", "duplicate", "rejected", "held", "parked")


@dataclass(frozen=True, slots=True)
class Balance:
    """The ledger beside what it must agree with; *faults* says in words where it does not.

    A topic has: its name, what was produced and what Kafka holds or held (None: not known), then loaded, accepted,
    duplicate, rejected, held, parked.
    """

    topics: list[tuple[Any, ...]]
    faults: list[str]


@click.command(epilog="Example: pulssi ledger   or: pulssi ledger --duplicates --month 2026-10")
@click.option("--duplicates", is_flag=True, help="instead: duplicates and conflicts of each source and month")
@click.option("--month", type=click.DateTime(["%Y-%m"]), help="with --duplicates: only of this month of receipt (UTC)")
def ledger(duplicates: bool, month: datetime | None) -> None:
    """Show, stop by stop, whether every event is accounted for; exit with 1 when not.

    What the gateway and the other senders had acknowledged is what Kafka holds, is what was loaded, is accepted +
    duplicate + rejected + held + parked.
    """
    settings = read_settings()
    with database.connect(settings) as connection:
        if duplicates:
            show_duplicates(connection, month.date() if month else None)
            return
        query = "select topic from ops.kafka_offset union select topic from ops.produced"
        topics = [row[0] for row in connection.execute(query)]
        try:
            ends = read_ends(settings, topics)
        except ActionNeeded as problem:
            click.echo(f"Kafka was not asked ({problem})", err=True)
            ends = None
        balance = read_balance(connection, ends)
    _show(balance)
    if balance.faults:
        raise SystemExit(1)
    click.echo(
        "balanced: produced = in Kafka = loaded = accepted + duplicate + rejected + held + parked, for every topic, "
        "source and day"
    )


def _show(balance: Balance) -> None:
    click.echo(f"{'topic':<28}" + "".join(f"{stop:>10}" for stop in _STOPS))
    for topic, produced, in_kafka, *counts in balance.topics:
        told = "not told" if produced is None and counts[0] else produced or 0
        asked = "-" if in_kafka is None else in_kafka
        click.echo(f"{topic:<28}" + "".join(f"{count:>10}" for count in (told, asked, *counts)))
    for fault in balance.faults:
        click.echo(f"NOT BALANCED  {fault}")


def read_balance(connection: psycopg.Connection, ends: Ends | None = None) -> Balance:
    """Compare what was produced, Kafka's offsets, the ledger and the tables. A topic nobody counted at the sending end
    (written to directly) has produced = None and is compared with offsets only; *ends* are where Kafka's topics end."""
    to_load = _to_load(connection, ends) if ends is not None else {}
    topics = [
        (topic, produced, None if ends is None else loaded + to_load.get(topic, 0), loaded, *counts)
        for topic, produced, loaded, *counts in connection.execute(_BY_TOPIC)
    ]
    faults = [fault for topic in topics for fault in _faults_of_topic(*topic)]
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


def _faults_of_topic(topic: str, produced: int | None, in_kafka: int | None, loaded: int, *counts: int) -> list[str]:
    faults = []
    if produced is not None and in_kafka is not None and produced != in_kafka:
        faults.append(f"{topic}: {produced} produced, {in_kafka} in Kafka")
    if in_kafka is not None and in_kafka != loaded:
        faults.append(f"{topic}: {in_kafka} in Kafka, {loaded} loaded (pulssi load)")
    if loaded != sum(counts):
        faults.append(f"{topic}: {loaded} loaded by offsets, {sum(counts)} in the ledger")
    return faults


def _to_load(connection: psycopg.Connection, ends: Ends) -> dict[str, int]:
    """What Kafka holds of each topic behind where loading stands; of a topic made again the newest one counts."""
    rows = connection.execute(
        """
        select distinct on (topic, kafka_partition) topic, kafka_partition, next_offset
        from ops.kafka_offset
        order by topic, kafka_partition, updated_at desc
        """
    )
    stored = {(topic, str(partition)): following for topic, partition, following in rows}
    return {
        topic: sum(max(0, end - stored.get((topic, partition), 0)) for partition, end in partitions.items())
        for topic, partitions in ends.items()
    }
