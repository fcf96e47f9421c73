"""The contracts as documents for vendors: JSON Schemas, an AsyncAPI 3.0 description, a table."""

import copy
import hashlib
from pathlib import Path
from typing import Any

import orjson

from ingest.contracts import FOLDER, Contract, families, read_contracts, read_every_version

_JSON_SCHEMA = "application/schema+json;version=draft-2020-12"
_KAFKA = "0.5.0"  # of the Kafka bindings' own specification
_CONTENT_TYPE = "application/cloudevents+json"


def documents(folder: Path = FOLDER) -> dict[str, bytes]:
    """Every document by its file name; the same contracts give the same bytes."""
    contracts = sorted(read_contracts(folder).values(), key=lambda contract: contract.type)
    files = {f"schemas/{each.version}.json": _encoded(event_schema(each)) for each in read_every_version(folder)}
    files["asyncapi.json"] = _encoded(asyncapi(contracts, folder))
    files["events.md"] = _table(contracts).encode()
    return files


def event_schema(contract: Contract) -> dict[str, Any]:
    """The JSON Schema of a whole event, envelope and payload, that the door checks."""
    schema = copy.deepcopy(contract.schema)
    title = schema["properties"]["data"]["title"]
    return {**schema, "$id": f"urn:pulssi:event:{contract.version}", "title": title}


def asyncapi(contracts: list[Contract], folder: Path) -> dict[str, Any]:
    """The AsyncAPI 3.0 document: a channel is the topic of a family, a message is an event type."""
    topics = families({contract.type: contract for contract in contracts})
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Pulssi: events in",
            "version": _digest(contracts),
            "description": (
                "CloudEvents 1.0 in structured JSON, one a Kafka record. The version is a digest of the contracts: "
                "it changes when any of them does. Deliver an event again, with the same id, until it is acknowledged."
            ),
        },
        "defaultContentType": _CONTENT_TYPE,
        "channels": {family: _channel(family, contracts) for family in topics},
        "operations": {
            f"receive_{family}": {
                "action": "receive",
                "channel": {"$ref": f"#/channels/{family}"},
                "summary": f"Pulssi takes in the events of the family {family}.",
            }
            for family in topics
        },
        "components": {"messages": {_name(contract): _message(contract, folder) for contract in contracts}},
    }


def examples(contract: Contract, folder: Path = FOLDER) -> list[dict[str, Any]]:
    """The events that the files beside the contract give as valid, of all its minor versions."""
    family, event = contract.event_type.split(".")
    major = contract.type.rsplit(".", 1)[1]
    files = sorted((folder / family).glob(f"{event}.{major}*.examples.json"))
    of_major = [file for file in files if file.name.split(".")[1] == major]
    return [example for file in of_major for example in orjson.loads(file.read_bytes())["valid"]]


def _channel(family: str, contracts: list[Contract]) -> dict[str, Any]:
    names = [_name(contract) for contract in contracts if contract.family == family]
    return {
        "address": f"{{deployment}}.{family}",
        "title": f"Events of the family {family}",
        "parameters": {"deployment": {"description": "The deployment's topic prefix."}},
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
    }


def _message(contract: Contract, folder: Path) -> dict[str, Any]:
    schema = event_schema(contract)
    key = {"type": "string", "description": "The event's subject; its source where it has none."}
    return {
        "name": contract.type,
        "title": contract.version,
        "summary": schema["title"],
        "contentType": _CONTENT_TYPE,
        "payload": {"schemaFormat": _JSON_SCHEMA, "schema": schema},
        "bindings": {"kafka": {"key": key, "bindingVersion": _KAFKA}},
        "examples": [
            {"name": f"example_{number}", "payload": example}
            for number, example in enumerate(examples(contract, folder), start=1)
        ],
    }


def _table(contracts: list[Contract]) -> str:
    rows = [_row(contract) for contract in contracts]
    lines = ["# Events", "", "| Type | Contract | Says | Subject | Required | Optional |", "|---|---|---|---|---|---|"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows), ""])


def _row(contract: Contract) -> list[str]:
    payload = contract.schema["properties"]["data"]
    required = payload.get("required", [])
    optional = [name for name in payload["properties"] if name not in required]
    fields = [", ".join(f"`{name}`" for name in names) for names in (required, optional)]
    return [f"`{contract.type}`", contract.version, payload["title"], payload["x-subject"], *fields]


def _name(contract: Contract) -> str:
    return f"{contract.event_type}.{contract.type.rsplit('.', 1)[1]}"


def _digest(contracts: list[Contract]) -> str:
    content = orjson.dumps([event_schema(contract) for contract in contracts], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(content).hexdigest()[:12]


def _encoded(document: dict[str, Any]) -> bytes:
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
