"""pulssi adapters: which there are, whether the installations' files are right, and what a payload becomes."""

from datetime import datetime
from pathlib import Path

import click
import orjson

from infra import database
from infra.errors import ActionNeeded
from infra.settings import read_settings
from ingest.adapters.adapter import Installation, NotTranslated, translate
from ingest.adapters.adapter import adapters as known_adapters
from ingest.adapters.installations import read_installations
from ingest.adapters.payloads import payloads_of
from ingest.contracts import explain, read_contracts

_UNMAPPED = """
with

ended as (

    select source, data ->> 'unmapped_outcome' as code, received_at
    from landing.event
    where
        event_type = 'queue.service_ended'
        and (%(since)s::timestamp is null or received_at >= %(since)s::timestamp at time zone 'UTC')

),

owned as (

    select distinct on (source) source, owner from reference.source order by source, valid_from desc

)

select
    ended.source, max(owned.owner), ended.code, count(*),
    count(*)::float / (select count(*) from ended as every where every.source = ended.source), max(ended.received_at)
from ended
left join owned on owned.source = ended.source
where ended.code is not null
group by ended.source, ended.code
order by 4 desc, 1, 3
"""


@click.group(epilog="Example: pulssi adapters list")
def adapters() -> None:
    """The adapters of vendors' payloads, and the installations that use them."""


@adapters.command(name="list", epilog="Example: pulssi adapters list")
def list_adapters() -> None:
    """List adapters and this deployment's installations of them."""
    installations = read_installations(read_settings().deployment).values()
    for adapter in known_adapters().values():
        theirs = [one for one in installations if one.adapter == adapter.name]
        click.echo(f"{adapter.name}: {adapter.family}, installations: {len(theirs)}")
        for one in theirs:
            click.echo(f"  {one.name:<24} {one.source:<32} POST /v1/webhooks/{one.name}")


@adapters.command(epilog="Example: pulssi adapters check")
def check() -> None:
    """Read every installation of this deployment; say what is wrong with the first that is."""
    deployment = read_settings().deployment
    installations = read_installations(deployment)
    click.echo(f"{deployment.name}: {len(installations)} installations, all can be read")


@adapters.command(epilog="Example: pulssi adapters unmapped --since 2026-10-01")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="only events received from this UTC day on")
def unmapped(since: datetime | None) -> None:
    """Count the codes that no adapter knows, by source: such events are in, ended as closed_by_system.

    Map a code in settings.outcomes of the installation, or in ingest/adapters/queue_outcomes.yml.
    """
    with database.connect(read_settings()) as connection:
        found = connection.execute(_UNMAPPED, {"since": since}).fetchall()
    for source, owner, code, count, share, last in found:
        click.echo(
            f"{count:>9}  {share:>7.2%}  {code:<40} {source}  ({owner or 'no owner told'}, the last {last:%Y-%m-%d})"
        )
    click.echo(f"{sum(row[3] for row in found)} ends of service with a code that no adapter knows")


@adapters.command(name="translate", epilog="Example: pulssi adapters translate smiley_a payload.json")
@click.argument("installation")
@click.argument("file", type=click.Path(exists=True, allow_dash=True, dir_okay=False, path_type=Path))
def translate_command(installation: str, file: Path) -> None:
    """Print the events of a vendor's payloads (one, an array, or one a line) without sending them: a dry run.

    Exits with 1 when a payload cannot be translated or an event breaks its contract.
    """
    installed = _installed(installation)
    contracts = read_contracts()
    failed = 0
    with click.open_file(str(file), "rb") as stream:
        payloads = payloads_of(stream.read())
    for number, payload in enumerate(payloads, 1):
        try:
            events = translate(payload, installed)
        except NotTranslated as problem:
            failed += 1
            click.echo(f"payload {number}: {problem}", err=True)
            continue
        for event in events:
            click.echo(orjson.dumps(event))
            contract = contracts.get(event["type"])
            if contract is None or not contract.validator.is_valid(event):
                failed += 1
                why = "no contract" if contract is None else explain(contract, event)
                click.echo(f"payload {number}: {event['type']}: {why}", err=True)
    if failed:
        raise SystemExit(1)


@adapters.command(name="ingest", epilog="Example: pulssi adapters ingest booking_vendor export-2026-10-05.csv")
@click.argument("installation")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def ingest_command(installation: str, file: Path) -> None:
    """Send the rows of a vendor's export (CSV, JSON, or one object a line) as if they had come by its webhook.

    The same file twice counts nothing twice. A row that cannot be translated is kept as a dead letter.
    """
    from ingest.adapters.export import Report, read_rows, records
    from ingest.produce import send

    report = Report()
    send(read_settings(), records(read_rows(file), _installed(installation), read_contracts(), report))
    for line in report.lines():
        click.echo(line)


def _installed(name: str) -> Installation:
    installations = read_installations(read_settings().deployment)
    if name not in installations:
        raise ActionNeeded(f"there is no installation {name!r}: give one of {', '.join(installations) or 'none'}")
    return installations[name]
