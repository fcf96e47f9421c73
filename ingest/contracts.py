"""The event types we accept: one JSON Schema file per type and version, found by looking, never listed."""

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson

FOLDER = Path(__file__).parent / "contracts"
_FIELD_NAME = re.compile(r"(?=[a-z])(?:[a-z_]+[0-9]{0,3}){1,4}")  # no name of a field holds a telephone number
FILE_NAME = re.compile(r"(?P<event>[a-z_]+)\.v(?P<major>\d+)(?:\.(?P<minor>\d+))?\.json")


@dataclass(frozen=True, slots=True)
class Contract:
    """One event type of one major version, checked against its newest minor version.

    Of the fields *replaced*, free texts and keys, nothing stays as it was sent.
    """

    family: str
    event_type: str
    version: str
    type: str
    free_texts: tuple[tuple[str, ...], ...]
    keys: tuple[tuple[str, str], ...]
    replaced: frozenset[str]
    schema: dict[str, Any]
    validator: jsonschema_rs.Draft202012Validator


def read_contracts(folder: Path = FOLDER) -> dict[str, Contract]:
    """All contracts below *folder*, the newest minor version of each, by CloudEvents type."""
    return {contract.type: contract for contract in read_every_version(folder)}


def read_every_version(folder: Path = FOLDER) -> list[Contract]:
    """Every file below *folder*, minor versions in order; family and event are the folder's and the file's name."""
    envelope = orjson.loads((folder / "envelope.v1.json").read_bytes())
    found: list[tuple[str, int, Contract]] = []
    for path in sorted(folder.glob("*/*.json")):
        name = FILE_NAME.fullmatch(path.name)
        if name is None:
            continue
        minor = int(name["minor"] or 0)
        payload = orjson.loads(path.read_bytes())
        contract = _contract(path.parent.name, name["event"], name["major"], minor, payload, envelope)
        found.append((contract.type, minor, contract))
    return [contract for _, _, contract in sorted(found, key=lambda each: each[:2])]


def explain(contract: Contract, content: dict[str, Any]) -> str:
    """Which field breaks which rule of the contract, without the value: it may be about a person."""
    return next(faults(contract, content))


def faults(contract: Contract, content: dict[str, Any]) -> Iterator[str]:
    """All that explain would say, were each fault the only one."""
    try:
        for error in contract.validator.iter_errors(content):
            yield from _explained(contract, error)
    except ValueError:
        yield "event: nested deeper than any contract: send it as the contract says"


def _explained(contract: Contract, error: jsonschema_rs.ValidationError) -> Iterator[str]:
    path = [str(part) for part in error.instance_path]
    if isinstance(error.kind, jsonschema_rs.ValidationErrorKind.AdditionalProperties):
        names = [name if _FIELD_NAME.fullmatch(name) else "(unreadable name)" for name in error.kind.unexpected[:5]]
        yield "; ".join(f"{'.'.join([*path, name])}: unknown field, leave it out" for name in names)
    elif isinstance(error.kind, jsonschema_rs.ValidationErrorKind.Required):
        yield f"{'.'.join([*path, str(error.kind.property)])}: missing, and required by {contract.version}"
    else:
        yield f"{'.'.join(path) or 'event'}: {error.message} (contract {contract.version})"


def families(contracts: dict[str, Contract]) -> list[str]:
    return sorted({contract.family for contract in contracts.values()})


def _contract(
    family: str, event: str, major: str, minor: int, payload: dict[str, Any], envelope: dict[str, Any]
) -> Contract:
    event_type = f"fi.pulssi.{family}.{event}.v{major}"
    schema = copy.deepcopy(envelope)
    schema["properties"]["type"] = {"const": event_type}
    schema["properties"]["data"] = payload
    if payload.get("x-subject") == "required":
        schema["required"] = [*schema["required"], "subject"]
    elif payload.get("x-subject") == "none":
        del schema["properties"]["subject"]
    properties = payload["properties"]
    free_texts = tuple(_free_texts(properties))
    keys = tuple((name, rule["x-key-scope"]) for name, rule in properties.items() if "x-key-scope" in rule)
    return Contract(
        family=family,
        event_type=f"{family}.{event}",
        version=f"{family}.{event}.v{major}.{minor}",
        type=event_type,
        free_texts=free_texts,
        keys=keys,
        replaced=frozenset([*(path[-1] for path in free_texts), *(name for name, _ in keys)]),
        schema=schema,
        validator=jsonschema_rs.Draft202012Validator(schema, validate_formats=True, mask="its value"),
    )


def _free_texts(properties: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    """The paths of the fields that hold words of people, in objects within objects too."""
    for name, rule in properties.items():
        if rule.get("x-free-text"):
            yield (name,)
        for path in _free_texts(rule.get("properties", {})):
            yield (name, *path)
