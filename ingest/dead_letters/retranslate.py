"""Translates vendors' payloads that were set aside, after an adapter or an installation's settings have been mended.

The events go to Kafka like any others, under the ids that the vendor's payload gives them: what had come before is a
duplicate, so a replay may be repeated or broken off. The ledger keeps the payload itself as rejected.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

import orjson
import psycopg

from infra.settings import Settings
from ingest.adapters.adapter import Installation, NotTranslated, translate
from ingest.adapters.installations import read_installations
from ingest.adapters.payloads import payloads_of
from ingest.contracts import Contract, read_contracts
from ingest.dead_letters.rows import open_bytes, sealed_bytes
from ingest.dead_letters.untranslated import payload_of
from ingest.events import Refused, check, check_storable
from ingest.produce import send


class Kept(NamedTuple):
    """A payload as it lies among the dead letters."""

    dead_letter_id: int
    received_at: datetime
    source: str
    sealed: bytes


def retranslate(
    settings: Settings, connection: psycopg.Connection, ids: list[int], batch_size: int
) -> Iterator[Counter[str]]:
    """Translate the open dead letters *ids* by today's installations; yield how many of each batch are done."""
    installations, contracts = read_installations(settings.deployment), read_contracts()
    for start in range(0, len(ids), batch_size):
        with connection.transaction():
            yield _batch(settings, connection, ids[start : start + batch_size], installations, contracts)


def _batch(
    settings: Settings,
    connection: psycopg.Connection,
    ids: list[int],
    installations: dict[str, Installation],
    contracts: dict[str, Contract],
) -> Counter[str]:
    """Kafka has the events before the payload is marked: broken off in between, they are sent again and known."""
    translated: list[int] = []
    still: list[tuple[str, int]] = []
    events: list[bytes] = []
    for kept in _locked(connection, ids):
        try:
            events += _events(kept, settings, installations, contracts)
        except (NotTranslated, Refused) as problem:
            still.append((str(problem.args[-1]), kept.dead_letter_id))
        else:
            translated.append(kept.dead_letter_id)
    if events:
        send(settings, events)
    connection.execute(
        """
        update ops.dead_letter
        set outcome = 'translated', replayed_at = now(), sealed_bytes = null, bytes_deleted_at = now()
        where dead_letter_id = any(%s)
        """,
        (translated,),
    )
    with connection.cursor() as cursor:
        cursor.executemany("update ops.dead_letter set reason_text = %s where dead_letter_id = %s", still)
    return Counter(translated=len(translated), rejected=len(still))


def _locked(connection: psycopg.Connection, ids: list[int]) -> list[Kept]:
    rows = connection.execute(
        """
        select dead_letter_id, received_at, source from ops.dead_letter
        where dead_letter_id = any(%s) and outcome is null and bytes_deleted_at is null
        order by dead_letter_id
        for update
        """,
        (ids,),
    ).fetchall()
    sealed = sealed_bytes(connection, [number for number, _, _ in rows])
    return [Kept(number, received_at, source, sealed[number]) for number, received_at, source in rows]


def _events(
    kept: Kept, settings: Settings, installations: dict[str, Installation], contracts: dict[str, Contract]
) -> list[bytes]:
    """All events of a payload, with its time of receipt; NotTranslated or Refused when one of them is not right."""
    name, payload, points = payload_of(open_bytes(settings, kept.dead_letter_id, kept.sealed))
    if name not in installations:
        raise NotTranslated(f"payload: there is no installation {name} any more: write its file again")
    values = []
    for each in payloads_of(payload) if isinstance(payload, bytes) else [payload]:
        for event in translate(each, installations[name]):
            _require_scope(event, kept.source, points)
            event["receivedtime"] = kept.received_at.isoformat()
            check(event, kept.received_at, contracts)
            value = orjson.dumps(event)
            check_storable(value)
            values.append(value)
    return values


def _require_scope(event: dict[str, Any], source: str, points: list[str] | None) -> None:
    """What its sender's token did not allow when the payload came, no replay allows: *source* was within its scope."""
    if event["source"] != source and not event["source"].startswith(source.rstrip("/") + "/"):
        raise NotTranslated("source: not one that the sender of this payload may send: correct the installation's file")
    if points is not None and event.get("subject") not in (None, *points):
        raise NotTranslated("subject: not a point that the sender of this payload may send about: correct the file")
