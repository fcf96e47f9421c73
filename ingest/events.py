"""How the bytes of a Kafka record become an event, or a reason why not."""

import hashlib
import re
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import orjson

from ingest.contracts import Contract, explain
from ingest.dead_letters.untranslated import reason_of
from ingest.keys import Keys
from ingest.names import field_naming_a_person, is_source
from ingest.scrub.scrub import mask_codes, names_person, scrub

UNREADABLE = "(unreadable)"
FUTURE_FLAG = timedelta(minutes=10)
FUTURE_LIMIT = timedelta(hours=24)
PAST_LIMIT = timedelta(days=731)  # what is older is not kept, so it is not let in either

_CODE = re.compile(r"[A-Za-z0-9_.:-]{1,128}")
_TYPE = re.compile(r"[a-z][a-z0-9_]{0,40}(?:\.[a-z][a-z0-9_]{0,40}){1,6}")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


class Event(NamedTuple):
    """An accepted event: what landing.event holds, in its order of columns, then what decides whether it is new.

    *earlier_fingerprints* are those by retired keys; *earlier_references* pairs the hash of each reference in *data*
    with the one that a retired key made.
    """

    event_key: bytes
    event_id: str
    source: str
    event_type: str
    contract: str
    service_point_id: str | None
    time_precision: str
    utc_offset_minutes: int
    is_future: bool
    kafka_partition: int
    kafka_offset: int
    occurred_at: datetime
    received_at: datetime
    data: bytes
    fingerprint: bytes
    earlier_fingerprints: tuple[bytes, ...] = ()
    earlier_references: tuple[tuple[str, str], ...] = ()


class Rejection(NamedTuple):
    """An event that no retry can turn into an accepted one. *reason_text* names field and rule, never the value."""

    source: str
    event_id: str | None
    event_type: str | None
    service_point_id: str | None
    received_at: datetime
    reason_code: str
    reason_text: str


class Door(NamedTuple):
    """What an event is judged by: the contracts, the keys, and whether it may bring its own time of receipt."""

    contracts: dict[str, Contract]
    keys: Keys
    trusts_received_time: bool


class Refused(Exception):
    """Let the event not in: carries the reason's code and its words, which name the field first and never the value."""


def parse(value: bytes, partition: int, offset: int, kafka_time: datetime, door: Door) -> Event | Rejection:
    """Judge one record. *kafka_time* is when the broker appended it. Never raises on bad input."""
    content: Any = None
    try:
        content = _decode(value)
        return _event(content, partition, offset, kafka_time, door)
    except Refused as refused:
        source, received_at = attribution(content, kafka_time, door.trusts_received_time)
        code, text = refused.args
        fields = content if isinstance(content, dict) else {}
        return Rejection(
            source=source,
            event_id=_short(fields.get("id")),
            event_type=_short(fields.get("type"), _TYPE),
            service_point_id=_short(fields.get("subject")),
            received_at=received_at,
            reason_code=code,
            reason_text=text,
        )


def attribution(content: object, kafka_time: datetime, trusts_received_time: bool) -> tuple[str, datetime]:
    """The source and the time of receipt under which the ledger counts a record, readable or not."""
    if not isinstance(content, dict):
        return UNREADABLE, kafka_time
    source = content.get("source")
    known = source if isinstance(source, str) and is_source(source) else UNREADABLE
    return known, _received_at(content, kafka_time) if trusts_received_time else kafka_time


def key_of(source: str, event_id: str) -> bytes:
    """16 bytes that stand for (source, id) for ever; those of UUIDv7 ids grow with time, which keeps the index fast."""
    text = f"{source}\0{event_id}".encode()
    if len(event_id) == 36 and event_id[14] == "7" and event_id[8] == event_id[13] == "-":
        try:
            return bytes.fromhex(event_id[:8] + event_id[9:13]) + hashlib.blake2b(text, digest_size=10).digest()
        except ValueError:
            pass  # looks like a UUID but is not hexadecimal
    return hashlib.blake2b(text, digest_size=16).digest()


def _decode(value: bytes) -> Any:
    try:
        content = orjson.loads(value)
    except orjson.JSONDecodeError as error:
        raise Refused(
            "not_json", f"the record is not JSON in UTF-8 (line {error.lineno}, column {error.colno})"
        ) from error
    if not isinstance(content, dict):
        raise Refused("not_an_object", "the record is JSON but not an object: send one CloudEvent a record")
    return content


def check(content: dict[str, Any], received_at: datetime, contracts: dict[str, Contract]) -> tuple[Contract, datetime]:
    """What the gateway and the loader ask of an event alike: its contract, and when it happened. Raises Refused."""
    event_type = content.get("type")
    contract = contracts.get(event_type) if isinstance(event_type, str) else None
    if contract is None:
        raise Refused("unknown_type", "type: no contract of this name and major version: see ingest/contracts")
    if not contract.validator.is_valid(content):
        raise Refused("contract", explain(contract, content))
    if named := field_naming_a_person(content, contract.replaced):
        raise Refused("personal_data", f"{named}: tells of a person: use a code without names, numbers and addresses")
    occurred_at = _instant(content["time"])
    ahead = occurred_at - received_at
    if ahead > FUTURE_LIMIT:
        raise Refused("time_in_future", "time: more than 24 hours after receipt: set the device's clock")
    if ahead < -PAST_LIMIT:
        raise Refused("time_too_old", "time: more than two years before receipt: set the device's clock")
    for name, scope in contract.keys:
        if scope != "source" and name in content["data"]:  # a source is always there
            _scope_value(content, scope, name)
    return contract, occurred_at


def check_storable(encoded: bytes) -> None:
    """Raises Refused for the one character of JSON that PostgreSQL cannot hold."""
    if b"\\u0000" in encoded and _NUL.search(encoded):
        raise Refused("unstorable_text", "data: a text holds the character U+0000: leave it out")


def _event(content: dict[str, Any], partition: int, offset: int, kafka_time: datetime, door: Door) -> Event:
    received_at = _received_at(content, kafka_time) if door.trusts_received_time else kafka_time
    if reason := reason_of(content):
        raise Refused("not_translated", reason)
    contract, occurred_at = check(content, received_at, door.contracts)
    source, event_id = content["source"], content["id"]
    told_received = content.pop("receivedtime", None)
    canonical = orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
    fingerprint, *earlier = [
        hashlib.blake2b(canonical, key=key, digest_size=16).digest() for key in (door.keys.hashing, *door.keys.retired)
    ]
    content["receivedtime"] = told_received  # the ledger dates by it even what is refused further down
    offset_from_utc = occurred_at.utcoffset() or timedelta()
    payload, references = _payload(content, contract, door.keys)
    return Event(
        key_of(source, event_id),
        event_id,
        source,
        contract.event_type,
        contract.version,
        content.get("subject"),
        content.get("timeprecision", "second"),
        int(offset_from_utc.total_seconds() // 60),
        occurred_at - received_at > FUTURE_FLAG,
        partition,
        offset,
        occurred_at,
        received_at,
        payload,
        fingerprint,
        tuple(earlier),
        references,
    )


def _received_at(content: dict[str, Any], kafka_time: datetime) -> datetime:
    """The event's own time of receipt where it is one of this century, else the broker's."""
    text = content.get("receivedtime")
    if not isinstance(text, str) or not text.startswith("20"):
        return kafka_time
    try:
        received_at = datetime.fromisoformat(text)
    except ValueError:
        return kafka_time
    return received_at if received_at.tzinfo else kafka_time


def _instant(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise Refused(
            "time_invalid", "time: not a moment that exists: write it like 2026-10-05T09:15:00+03:00"
        ) from error


def _payload(content: dict[str, Any], contract: Contract, keys: Keys) -> tuple[bytes, tuple[tuple[str, str], ...]]:
    """The payload for landing, free text scrubbed, references replaced by keyed hashes; and what these were before."""
    data = content["data"]
    earlier: list[tuple[str, str]] = []
    for *parents, name in contract.free_texts:
        holder = data
        for parent in parents:
            holder = holder.get(parent, {})
        if name in holder:
            holder[name] = scrub(holder[name])
    for name, scope in contract.keys:
        if name in data:
            scoped = f"{scope}\0{_scope_value(content, scope, name)}\0{data[name]}".encode()
            data[name] = _hashed(scoped, keys.hashing)
            earlier += [(data[name], _hashed(scoped, key)) for key in keys.retired]
    payload = orjson.dumps(data)
    if b".0" in payload:
        payload = orjson.dumps(_with_whole_numbers(data))
    check_storable(payload)
    return payload, tuple(earlier)


def _with_whole_numbers(value: Any) -> Any:
    """*value* with 2 for 2.0: a contract takes both for an integer, a cast in SQL only the first."""
    if isinstance(value, dict):
        return {name: _with_whole_numbers(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_with_whole_numbers(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _scope_value(content: dict[str, Any], scope: str, name: str) -> str:
    if scope == "source":
        return str(content["source"])
    value = content.get("subject") if scope == "point" else content["data"].get("agency")
    if value is None:
        needed = "subject" if scope == "point" else "data.agency"
        raise Refused("key_without_scope", f"data.{name}: means nothing without {needed}: send both")
    return str(value)


def _hashed(scoped: bytes, key: bytes) -> str:
    return hashlib.blake2b(scoped, key=key, digest_size=16).hexdigest()


def _short(value: object, form: re.Pattern[str] = _CODE) -> str | None:
    """A field of a refused event, only where it is a harmless code; some UUIDs look as if they held a phone number."""
    if not isinstance(value, str) or not form.fullmatch(value) or names_person(value):
        return None
    return value if _UUID.fullmatch(value) or mask_codes(value) == value else None


def from_milliseconds(timestamp: int) -> datetime:
    return datetime.fromtimestamp(timestamp / 1000, UTC)
