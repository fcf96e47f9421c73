"""pulssi deliver: plays the installations of the simulated points, each sending over HTTP in its own format."""

import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_hex
from typing import Any
from urllib.parse import urlsplit

import click
import orjson

from infra import database
from infra.errors import ActionNeeded
from infra.settings import Settings, read_settings
from ingest.adapters.installations import read_installations
from ingest.contracts import Contract, families, read_contracts
from ingest.events import Refused, check, check_storable
from ingest.gateway.tokens import issue, revoke
from ingest.kafka import client as kafka_client
from ingest.simulator.deliveries import EVENTS, Delivered, Lane, Lanes, Straight
from ingest.simulator.vendor_payloads import Vendors

LANES = 3  # of each address; the events of one source stay in one lane, in their order


@click.command(
    epilog="Example: pulssi deliver .pulssi/output/demo/simulated/events.ndjson --gateway http://127.0.0.1:8080"
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--gateway", default="http://127.0.0.1:8080", show_default=True, help="address of the running gateway")
@click.option("--batch-size", type=click.IntRange(1, 1000), default=500, show_default=True, help="events a request")
@click.option("--again", is_flag=True, help="send what was delivered before too; it is counted as duplicate")
def deliver(file: Path, gateway: str, batch_size: int, again: bool) -> None:
    """Send simulated events through a running gateway, as the vendors of the deployment's installations would.

    What their formats cannot say goes to /v1/events. What the gateway would refuse goes straight to Kafka, as from a
    system inside the network, and ends as a dead letter. Broken off, it continues where it was.
    """
    if not _is_address(gateway):
        raise ActionNeeded(f"--gateway is {gateway!r}: give an address such as http://127.0.0.1:8080")
    settings = read_settings()
    if not settings.deployment.trusts_received_time:
        raise ActionNeeded(
            f"deployment {settings.deployment.name} does not trust times of receipt, and simulated events bring them: "
            "set PULSSI_DEPLOYMENT to one that does"
        )
    delivered = Delivered(file.with_suffix(".delivered.json"), _identity(settings), again)
    with database.connect(settings) as connection:
        name = f"deliver-{datetime.now():%Y%m%d%H%M%S}-{token_hex(4)}"  # two may start in one second
        token = issue(connection, name, "/", None, timedelta(hours=1))
    try:
        counts = _deliver(file, settings, Lanes(gateway, token, batch_size, delivered))
    finally:
        with database.connect(settings) as connection:
            revoke(connection, name)
    for target, count in sorted(counts.items(), key=lambda item: -item[1]):
        click.echo(f"{count:>9}  {target}")
    click.echo(f"delivered {counts.total()} events")


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets, or a port, that cannot be
        return False


def _identity(settings: Settings) -> str:
    """Of the Kafka that it was delivered to: another one has nothing yet."""
    contracts = read_contracts()
    names = [kafka_client.topic_name(settings, family) for family in families(contracts)]
    identities = kafka_client.ensure_topics(settings, names)
    return "/".join(sorted({one.cluster_id for one in identities.values()} | {identities[names[0]].topic_id}))


def _deliver(file: Path, settings: Settings, lanes: Lanes) -> Counter[str]:
    counts: Counter[str] = Counter()
    vendors = Vendors(read_installations(settings.deployment))
    with (
        file.open("rb") as lines,
        click.progressbar(length=file.stat().st_size, label="delivering") as bar,
        Straight(settings, lanes.delivered) as straight,
        lanes.running(),
    ):
        for lane, item in _routed(lines, vendors, bar.update):
            is_sent = straight.put(item) if lane is None else lanes.put(lane, *item)
            if is_sent:
                counts["straight to Kafka" if lane is None else lane.path] += 1
    return counts


def _routed(lines: Iterator[bytes], vendors: Vendors, told: Callable[[int], None]) -> Iterator[tuple[Lane | None, Any]]:
    """Each line with the way it takes: a lane with (identity, body, time of receipt), or no lane with the line."""
    contracts = read_contracts()
    for line in lines:
        told(len(line))
        line = line.rstrip(b"\r\n")
        if not line:
            continue
        event = _acceptable(line, contracts)
        if event is None:
            yield None, line
            continue
        number = zlib.crc32(event["source"].encode()) % LANES
        if (found := vendors.payload(event)) is not None:
            installation, payload = found
            body, path = orjson.dumps(payload), f"/v1/webhooks/{installation.name}"
        else:
            body, path = line, EVENTS
        yield Lane(path, number), ((event["source"], event["id"]), body, event["receivedtime"])


def _acceptable(line: bytes, contracts: dict[str, Contract]) -> dict[str, Any] | None:
    """The event of a line; None when it is none, or when the gateway would refuse it."""
    try:
        event: dict[str, Any] = orjson.loads(line)
        check(event, datetime.fromisoformat(event["receivedtime"]), contracts)
        check_storable(line)
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, Refused):
        return None
    return event
