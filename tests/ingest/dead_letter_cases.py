"""What the tests of dead letters share: events of a contract that comes later, the command, and what is stored."""

import subprocess
import sys
from dataclasses import replace

from loading import load_all, rows
from sample_events import line

from infra import database
from infra.settings import BreakerLimits
from ingest.contracts import read_contracts
from ingest.ledger import read_balance
from ingest.produce import send

DISPLAY = "/points/mikkeli/queue/display"
DEVICE = "/points/mikkeli/devices/d1"
LATER_TYPE = "fi.pulssi.queue.observed.v1"
OLDER_CONTRACTS = {name: contract for name, contract in read_contracts().items() if name != LATER_TYPE}


def later(number, **changes):
    """An event whose contract the older contracts lack."""
    data = {"queue_code": "dvv_general", "waiting_count": number % 7}
    return line(number, **{"source": DISPLAY, "type": LATER_TYPE, "data": data, **changes})


def load_by_older_contracts(settings, events):
    """Send and load before the contract is there: events of the later type become dead letters, however many."""
    send(settings, events)
    deployment = replace(settings.deployment, breaker=BreakerLimits(minimum_count=1_000_000))
    return load_all(replace(settings, deployment=deployment), contracts=OLDER_CONTRACTS)


def dead_letters(environment, *arguments):
    """Run the command in a process of its own, as a person does."""
    command = [sys.executable, "-m", "infra", "dead-letters", *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def replayed(environment, *arguments):
    """What the replay says of itself, in its last lines."""
    result = dead_letters(environment, "replay", *arguments)
    assert result.returncode == 0, result.stderr
    return result.stdout.strip().splitlines()[-1]


def ledger(settings):
    """Per UTC day: accepted, duplicate, rejected, of these conflicts, held."""
    query = """
        select
            received_date::text, sum(accepted_count)::int, sum(duplicate_count)::int, sum(rejected_count)::int,
            sum(conflict_count)::int, sum(held_count)::int
        from ops.ledger group by 1 order by 1
    """
    return {day: tuple(counts) for day, *counts in rows(settings, query)}


def everything(settings):
    """All rows that a replay could change."""
    tables = ("landing.event", "landing.event_held", "landing.event_duplicate", "ops.dead_letter", "ops.ledger")
    return {table: sorted(map(repr, rows(settings, f"select * from {table}"))) for table in tables}


def faults(settings):
    with database.connect(settings) as connection:
        return read_balance(connection).faults
