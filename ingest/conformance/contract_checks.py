"""Does each event keep its contract? By the door's own rules, all faults of an event and not only the first."""

import difflib
import functools
import itertools
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import orjson

from ingest.conformance.findings import Finding
from ingest.conformance.recording import Sent, Unread, Untranslated, family_of, received_at
from ingest.contract_documents import examples
from ingest.contracts import Contract, families, faults, read_contracts
from ingest.events import Refused, check, check_storable
from ingest.field_values import depth, field_and_value

_DEEPEST = 32
_MOST_FAULTS = 10
_LONGEST_EXAMPLE = 120
_UNKNOWN_FIELD = ": unknown field, leave it out"
LOCAL_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?")
_OTHERS = ("personal_data", "time_in_future", "time_too_old")  # told by checks of their own, with more to say


def judged(number: int, content: Any, contracts: dict[str, Contract], now: datetime) -> tuple[Sent, list[Finding]]:
    """The event for the other checks, and what its contract says against it."""
    family = family_of(content, families(contracts))
    sent = Sent(number, content, family, None, received_at(content, now))
    if isinstance(content, Untranslated):
        what, _, fix = content.text.rpartition(": ")
        return sent, [Finding("contract", "not_translated", sent, what, fix)]
    if isinstance(content, Unread):
        fix = "write each event as JSON in UTF-8: an array of events, or one event a line"
        return sent, [Finding("contract", "not_json", sent, f"not JSON in UTF-8 (column {content.column})", fix)]
    if not isinstance(content, dict):
        return sent, [Finding("contract", "not_an_object", sent, "JSON, but not an object", "put one event here")]
    if depth(content) > _DEEPEST:
        fix = "send it flatter, as the contract says"
        return Sent(number, {}, family, None, now), [Finding("contract", "too_deep", sent, "nested too deep", fix)]
    contract = contracts.get(content["type"]) if isinstance(content.get("type"), str) else None
    if contract is None:
        return sent, [_unknown_type(sent, contracts)]
    if not contract.validator.is_valid(content):
        return sent, list(itertools.islice(_faults(sent, contract), _MOST_FAULTS))
    if not _is_a_moment(content["time"]):
        text, fix = "time: not a moment that exists", "write it like 2026-10-05T09:15:00+03:00"
        return sent, [Finding("contract", "time_invalid", sent, text, fix, "time", content["time"])]
    kept = Sent(number, content, family, contract, sent.received_at)
    try:
        check(content, sent.received_at, contracts)
        check_storable(orjson.dumps(content))
    except Refused as refused:
        code, text = refused.args
        what, _, fix = text.rpartition(": ")
        where = field_and_value(content, text)
        return kept, [] if code in _OTHERS else [Finding("contract", code, kept, what, fix, **where)]
    return kept, []


def _is_a_moment(time: str) -> bool:
    try:
        return datetime.fromisoformat(time).tzinfo is not None
    except ValueError:
        return False


def _unknown_type(sent: Sent, contracts: dict[str, Contract]) -> Finding:
    near = difflib.get_close_matches(str(sent.fields.get("type")), contracts, n=1, cutoff=0.6)
    fix = f"did you mean {near[0]}? " if near else ""
    fix += "All types: GET /v1/contracts, or pulssi contracts export"
    text = "type: no contract of this name and major version"
    return Finding("contract", "unknown_type", sent, text, fix, **field_and_value(sent.content, text))


def _faults(sent: Sent, contract: Contract) -> Iterator[Finding]:
    time = sent.fields.get("time")
    for text in faults(contract, sent.fields):
        if text.startswith("time: ") and isinstance(time, str) and LOCAL_TIME.fullmatch(time):
            continue  # the check of clocks says what is missing
        for each in text.split("; ") if text.endswith(_UNKNOWN_FIELD) else [text]:
            where = field_and_value(sent.content, each)
            if each.endswith(_UNKNOWN_FIELD):
                what, fix = each.removesuffix(", leave it out"), _leave_out(contract, where.get("field", ""))
                where.pop("value", None)  # it may be a person's, and nobody needs it to leave the field out
            else:
                what = each.removesuffix(f" (contract {contract.version})")
                fix = _as_the_contract_says(contract, where.get("field", ""))
            yield Finding("contract", "contract", sent, what, fix, **where)


def _leave_out(contract: Contract, field: str) -> str:
    near = difflib.get_close_matches(field.rsplit(".", 1)[-1], _names(contract), n=1, cutoff=0.7)
    return f"leave it out, or did you mean {near[0]}?" if near else "leave it out"


def _names(contract: Contract) -> list[str]:
    properties = contract.schema["properties"]
    return [*properties, *properties["data"]["properties"]]


def _as_the_contract_says(contract: Contract, field: str) -> str:
    """All values where they are listed, else the value of an example, where it is short."""
    rule: Any = contract.schema
    for part in field.split("."):
        rule = rule.get("items" if part.isdigit() else "properties", {})
        rule = rule if part.isdigit() else rule.get(part, {})
    if listed := rule.get("enum"):
        return f"send one of {', '.join(str(value) for value in listed)}"
    example = _example(contract.type, field)
    if example is None or len(example) > _LONGEST_EXAMPLE:
        return f"see the schema of {contract.version}"
    return f"send it like {example}"


@functools.lru_cache(maxsize=1000)
def _example(event_type: str, field: str) -> str | None:
    """The value, in JSON, that an example of the newest contract has in this field."""
    for example in examples(read_contracts()[event_type]):
        value: Any = example
        try:
            for part in field.split("."):
                value = value[int(part) if part.isdigit() else part]
        except (IndexError, KeyError, TypeError):
            continue
        return orjson.dumps(value).decode()
    return None
