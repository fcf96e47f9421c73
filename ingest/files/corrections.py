"""What has changed in a row since it came before, and the correction that says so."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson
import psycopg

from ingest.events import Door, Rejection, key_of, parse
from ingest.events import Event as ParsedEvent
from ingest.files.mapped_rows import ROWS, Event
from ingest.files.reading import Unit
from ingest.landing import stored_fingerprints

AMENDED = "fi.pulssi.correction.amended.v1"
_REMEDY = "withdraw the event and send the row under another identity"


class Judgement(NamedTuple):
    """What is to be sent for a row: its events where they are new, corrections, or nothing; *reason* sets it aside."""

    unit: Unit
    fate: str
    events: list[Event]
    reason: str | None


@dataclass(slots=True)
class _Stored:
    """An event as landing and the corrections after it have it."""

    service_point_id: str | None
    occurred_at: datetime
    data: dict[str, Any]
    is_withdrawn: bool = False


class _NotSayable(Exception):
    """No correction can say this change: the text says why, and what to do."""


def judge(connection: psycopg.Connection, batch: Sequence[Unit], door: Door, now: datetime) -> Iterator[Judgement]:
    """Compare rows with what landing holds under their ids. *now* dates the corrections."""
    keys = [[key_of(event["source"], event["id"]) for event in unit.made.events] for unit in batch]
    known = stored_fingerprints(connection, sorted({key for each in keys for key in each}))
    parsed = {
        key: parse(orjson.dumps(event), 0, 0, now, door)
        for unit, each in zip(batch, keys, strict=True)
        for event, key in zip(unit.made.events, each, strict=True)
        if key in known
    }
    corrected = _corrections(connection, parsed)
    changed = [
        key
        for key, event in parsed.items()
        if isinstance(event, ParsedEvent)
        and (known[key] not in (event.fingerprint, *event.earlier_fingerprints) or key in corrected)
    ]
    stored = _stored(connection, changed, corrected)
    for unit, each in zip(batch, keys, strict=True):
        yield _judgement(unit, each, parsed, stored, door, now)


def _judgement(
    unit: Unit,
    keys: list[bytes],
    parsed: dict[bytes, ParsedEvent | Rejection],
    stored: dict[bytes, _Stored],
    door: Door,
    now: datetime,
) -> Judgement:
    fate, sent = "as_before", []
    for event, key in zip(unit.made.events, keys, strict=True):
        after = parsed.get(key)
        if after is None:
            fate = "new" if fate != "amended" else fate
            sent.append(event)
        elif isinstance(after, Rejection):
            return Judgement(unit, fate, [], after.reason_text)
        elif key in stored:
            try:
                replaced = _replaced(event, after, stored[key], door)
            except _NotSayable as reason:
                return Judgement(unit, fate, [], str(reason))
            if replaced:
                fate = "amended"
                sent.append(_amendment(event, replaced, now))
    return Judgement(unit, fate, sent, None)


def _replaced(event: Event, after: ParsedEvent, before: _Stored, door: Door) -> dict[str, Any]:
    """The fields that say something else than before, with what they say now."""
    data = orjson.loads(after.data)
    for reference, earlier in after.earlier_references:  # the same reference, hashed by a key since retired
        same = {name for name, value in data.items() if value == reference and before.data.get(name) == earlier}
        data |= dict.fromkeys(same, earlier)
    names = [name for name in sorted({*data, *before.data}) if data.get(name) != before.data.get(name)]
    moved = after.occurred_at != before.occurred_at
    if not names and not moved and after.service_point_id == before.service_point_id:
        return {}
    if before.is_withdrawn:
        raise _NotSayable("the row has changed, but its event was withdrawn: send it under another identity")
    if after.service_point_id != before.service_point_id:
        raise _NotSayable(f"subject: has changed, which no correction can say: {_REMEDY}")
    sayable = door.contracts[AMENDED].schema["properties"]["data"]["properties"]["replaced"]["properties"]
    for name in names:
        if name not in sayable:
            raise _NotSayable(f"data.{name}: has changed, which no correction can say: {_REMEDY}")
        if name not in data:
            raise _NotSayable(f"data.{name}: is empty now, which no correction can say: {_REMEDY}")
    return ({"time": event["time"]} if moved else {}) | {name: event["data"][name] for name in names}


def _amendment(event: Event, replaced: dict[str, Any], now: datetime) -> Event:
    """The correction of *event*: sent again after a crash it is the same event, so a duplicate and nothing more."""
    told = now.astimezone(UTC).isoformat(timespec="seconds")
    parts = [
        event["source"],
        event["id"],
        "amended",
        told,
        orjson.dumps(replaced, option=orjson.OPT_SORT_KEYS).decode(),
    ]
    content = {
        "specversion": "1.0",
        "id": str(uuid.uuid5(ROWS, "\0".join(parts))),
        "source": event["source"],
        "type": AMENDED,
        "time": told,
        "datacontenttype": "application/json",
        "data": {
            "ref_source": event["source"],
            "ref_id": event["id"],
            "reason": "source_updated",
            "who_role": "source_owner",
            "replaced": replaced,
        },
    }
    return content | ({"subject": event["subject"]} if "subject" in event else {})


def _corrections(
    connection: psycopg.Connection, parsed: dict[bytes, ParsedEvent | Rejection]
) -> dict[bytes, list[Any]]:
    """By the key of the event meant, the corrections that landing has, held or not: those that count, the latest last.

    By the rules of dbt: who may correct it, then the time of the correction, then its receipt.
    """
    sources = {event.source for event in parsed.values()}
    found: dict[bytes, list[Any]] = {}
    if sources:
        for event_type, data in connection.execute(
            """
            select event_type, data
            from (
                select event_type, source, data, occurred_at, received_at, event_key from landing.event
                union all
                select event_type, source, data, occurred_at, received_at, event_key from landing.event_held
            ) as event
            where
                event_type in ('correction.amended', 'correction.withdrawn')
                and data ->> 'ref_source' = any(%s)
                and (
                    source = data ->> 'ref_source'
                    or starts_with(data ->> 'ref_source', substring(source from '^/agencies/[^/]+/'))
                )
            order by occurred_at, received_at, event_key
            """,
            (sorted(sources),),
        ):
            key = key_of(data["ref_source"], data["ref_id"])
            if key in parsed:
                found.setdefault(key, []).append((event_type, data))
    return found


def _stored(
    connection: psycopg.Connection, keys: list[bytes], corrected: dict[bytes, list[Any]]
) -> dict[bytes, _Stored]:
    if not keys:
        return {}
    rows = connection.execute(
        """
        select uuid_send(event_key), service_point_id, occurred_at, data from landing.event
        where event_key = any(%(keys)s::uuid[])
        union all
        select uuid_send(event_key), service_point_id, occurred_at, data from landing.event_held
        where event_key = any(%(keys)s::uuid[])
        """,
        {"keys": _array(keys)},
    )
    stored = {bytes(key): _Stored(*values) for key, *values in rows}
    for key, event in stored.items():
        for event_type, data in corrected.get(key, ()):
            if event_type == "correction.withdrawn":
                event.is_withdrawn = True
                continue
            event.is_withdrawn = False
            replaced = dict(data["replaced"])
            if "time" in replaced:
                event.occurred_at = datetime.fromisoformat(replaced.pop("time"))
            event.data |= replaced
    return stored


def _array(keys: set[bytes] | list[bytes]) -> str:
    return "{" + ",".join(key.hex() for key in sorted(keys)) + "}"
