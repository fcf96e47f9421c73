"""Is anything about a person in the events: in fields that no contract has, in codes and keys, or in texts?"""

import re
from collections.abc import Iterator
from typing import Any

from ingest.conformance.findings import UUID, Finding
from ingest.conformance.recording import Sent
from ingest.contracts import Contract
from ingest.scrub.scrub import mask_codes, names_person, scrub

_ABOUT_PERSONS = re.compile(
    r"(^|_)(name|names|firstname|lastname|surname|person|customer|client|user|username|staff|employee|agent|phone"
    r"|telephone|mobile|msisdn|email|mail|address|street|ssn|hetu|henkilotunnus|identity|national_id|birth|birthday"
    r"|dob|age|gender|sex|iban|account|plate|licence|license|ip|mac|imei|photo|image|face"
    r"|case|diary|special|needs|disability|health|diagnosis|nationality|religion)(_|$)"
)
_WORD_STARTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")
_MARK = re.compile(r"\[([a-z_]+)\]")
_LONGEST_TEXT = 4000
_LONGEST_NAME = 100
_NOT_OURS = ("time", "receivedtime", "specversion", "type", "datacontenttype", "dataschema")
_KINDS = {
    "identity_code": "a Finnish identity code",
    "email": "an e-mail address",
    "phone": "a phone number",
    "iban": "an account number",
    "name": "what tells of a person, such as a whole name",
}


def personal_findings(events: list[Sent], contracts: dict[str, Contract]) -> Iterator[Finding]:
    known = {name for contract in contracts.values() for name in _field_names(contract.schema)}
    for sent in events:
        told_type = sent.fields.get("type")
        contract = contracts.get(told_type) if isinstance(told_type, str) else None
        names = contract.replaced if contract else frozenset()
        texts = {path[-1] for path in contract.free_texts} if contract else set()
        for path, value in _walk(sent.content, ""):
            name = path.rsplit(".", 1)[-1]
            if sent.contract is None and name not in known and _is_about_persons(name):
                fix = "take it out of the message at its source: no event may tell who the customer or the adviser was"
                yield Finding("personal_data", "forbidden_field", sent, f"{path}: a field about a person", fix, path)
            if not isinstance(value, str) or path in _NOT_OURS or len(value) > _LONGEST_TEXT:
                continue  # no contract takes longer ones
            if name in texts:
                yield from _in_text(sent, path, value)
            else:
                yield from _in_code(sent, path, value, is_key=name in names)


def _in_text(sent: Sent, path: str, value: str) -> Iterator[Finding]:
    for kind in sorted(_marks(scrub(value)) - _marks(value)):
        text = f"{path}: a customer's text holds {_KINDS.get(kind, kind.replace('_', ' '))}"
        fix = f"nothing to do if the customer wrote it: it is replaced by [{kind}] at the door. Never add it yourself"
        yield Finding("personal_data", f"text_{kind}", sent, text, fix, path, value, is_fault=False)


def _in_code(sent: Sent, path: str, value: str, is_key: bool) -> Iterator[Finding]:
    """What the door refuses is a fault; so is what only a key may hold, for nothing of a key stays."""
    if UUID.fullmatch(value):
        return
    is_refused = not is_key and names_person(value)
    kinds = sorted(_marks(mask_codes(value)) - _marks(value)) or (["name"] if is_refused else [])
    for kind in kinds:
        is_sure = is_refused or kind != "phone"  # a long number of a vendor's may look like one
        text = f"{path}: {'holds' if is_sure else 'looks like'} {_KINDS.get(kind, kind.replace('_', ' '))}"
        fix = "use a random reference" if is_key or path == "id" else "use a code that is not about a person"
        yield Finding("personal_data", f"code_{kind}", sent, text, fix, path, value, is_fault=is_sure)


def _marks(text: str) -> set[str]:
    return set(_MARK.findall(text))


def _walk(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every field below *value* with its path; elements of a list share the path of the list."""
    if isinstance(value, dict):
        for name, part in value.items():
            below = f"{path}.{name}" if path else str(name)
            yield below, part
            yield from _walk(part, below)
    elif isinstance(value, list):
        for part in value:
            if isinstance(part, dict | list):
                yield from _walk(part, path)
            else:
                yield path, part


def _field_names(schema: dict[str, Any]) -> Iterator[str]:
    for name, rule in schema.get("properties", {}).items():
        yield name
        yield from _field_names(rule)
        yield from _field_names(rule.get("items", {}))


def _is_about_persons(name: str) -> bool:
    return _ABOUT_PERSONS.search(_WORD_STARTS.sub("_", name[:_LONGEST_NAME]).lower()) is not None
