"""Mapping files: which column of somebody's file becomes which field of which event."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import jsonschema_rs
import orjson
import yaml

from infra.errors import ActionNeeded
from ingest.contracts import Contract

FOLDER = Path(__file__).parent / "mappings"


@dataclass(frozen=True, slots=True)
class Column:
    """A field read from a column: *codes* translate what is written, *no_answer* are the texts that say nothing."""

    name: str
    type: str
    format: str
    codes: dict[str, Any]
    no_answer: frozenset[str]
    decimal: str


@dataclass(frozen=True, slots=True)
class Constant:
    value: Any


@dataclass(frozen=True, slots=True)
class TimeColumn:
    name: str
    format: str
    precision: str
    time_zone: ZoneInfo


Node = Column | Constant | dict[str, "Node"] | list["Node"]


@dataclass(frozen=True, slots=True)
class Mapping:
    """How a row becomes one event. *identity* are the columns that, with the source, make the event's id."""

    contract: Contract
    source: str
    identity: tuple[str, ...]
    time: TimeColumn
    subject: Node | None
    data: Node
    received_time: str | None
    encoding: str
    separator: str

    @property
    def columns(self) -> list[str]:
        """Every column that the mapping reads."""
        used = [column.name for node in (self.subject, self.data) if node is not None for column in _columns(node)]
        return list(dict.fromkeys([*self.identity, self.time.name, *used]))


def read_mapping(path: Path, contracts: dict[str, Contract]) -> Mapping:
    """Read and check a mapping file; ActionNeeded lists every problem with its key, the value and what to write."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ActionNeeded(f"{path} is not YAML: {' '.join(str(error).split())}") from error
    except OSError as error:
        raise ActionNeeded(f"{path}: {error.strerror}: give the path of a mapping file") from error
    problems = list(_form_problems(content)) or list(_meaning_problems(content, contracts))
    if problems:
        count = f"{len(problems)} problem" + ("s" if len(problems) > 1 else "")
        raise ActionNeeded("\n  ".join([f"mapping {path.name}: {count}, nothing was read:", *problems]))
    return _mapping(content, contracts)


def _form_problems(content: Any) -> Iterator[str]:
    schema = orjson.loads((FOLDER / "schema.json").read_bytes())
    for error in jsonschema_rs.Draft202012Validator(schema, validate_formats=True).iter_errors(content):
        key = ".".join(str(part) for part in error.instance_path) or "the mapping"
        yield f"{key}: {error.message}: see ingest/mappings/schema.json"


def _meaning_problems(content: dict[str, Any], contracts: dict[str, Contract]) -> Iterator[str]:
    """What the form alone does not show: names that must exist elsewhere."""
    zone = content["time"]["time_zone"]
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        yield f"time.time_zone: {zone!r} is no time zone: write an IANA name such as Europe/Helsinki"
    try:
        codecs.lookup(content.get("encoding", "utf-8"))
    except LookupError:
        yield f"encoding: {content['encoding']!r} is unknown: write one such as utf-8 or iso-8859-1"
    contract = contracts.get(content["event"])
    if contract is None:
        yield f"event: {content['event']!r} has no contract: write one of {', '.join(sorted(contracts))}"
        return
    fields = contract.schema["properties"]["data"]["properties"]
    for name in content["data"]:
        if name not in fields:
            yield f"data.{name}: {contract.type} has no such field: write one of {', '.join(sorted(fields))}"
    for name in contract.schema["properties"]["data"].get("required", []):
        if name not in content["data"]:
            yield f"data.{name}: missing, and required by {contract.type}: say where it comes from"


def _mapping(content: dict[str, Any], contracts: dict[str, Contract]) -> Mapping:
    time = content["time"]
    decimal, no_answer = content.get("decimal", "."), frozenset(content.get("no_answer", [""]))
    subject = content.get("subject")
    return Mapping(
        contract=contracts[content["event"]],
        source=content["source"],
        identity=tuple(content["identity"]),
        time=TimeColumn(time["column"], time["format"], time["precision"], ZoneInfo(time["time_zone"])),
        subject=None if subject is None else _node(subject, decimal, no_answer),
        data=_node(content["data"], decimal, no_answer),
        received_time=content.get("received_time"),
        encoding=content.get("encoding", "utf-8"),
        separator=content.get("separator", ","),
    )


def _node(content: Any, decimal: str, no_answer: frozenset[str]) -> Node:
    if isinstance(content, list):
        return [_node(item, decimal, no_answer) for item in content]
    if not isinstance(content, dict):
        return Constant(content)
    if "column" not in content:
        return {name: _node(item, decimal, no_answer) for name, item in content.items()}
    return Column(
        name=content["column"],
        type=content.get("type", "text"),
        format=content.get("format", ""),
        codes={str(written): meant for written, meant in content.get("codes", {}).items()},
        no_answer=frozenset(content["no_answer"]) if "no_answer" in content else no_answer,
        decimal=decimal,
    )


def _columns(node: Node) -> Iterator[Column]:
    if isinstance(node, Column):
        yield node
    elif isinstance(node, dict):
        for item in node.values():
            yield from _columns(item)
    elif isinstance(node, list):
        for item in node:
            yield from _columns(item)
