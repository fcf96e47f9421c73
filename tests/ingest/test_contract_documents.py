"""What vendors get is made from the contracts: schemas that judge as the door does, and a valid AsyncAPI document."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import click.testing
import jsonschema_rs
import pytest

from ingest.contract_command import contracts
from ingest.contract_documents import documents
from ingest.contracts import FOLDER, explain, families, read_contracts

# From the package @asyncapi/specs 6.11.1 (Apache License 2.0), without blanks.
ASYNCAPI_SCHEMA = json.loads(gzip.decompress(Path(__file__).with_name("asyncapi-3.0.0.json.gz").read_bytes()))
CONTRACTS = read_contracts()
FILES = documents()
ASYNCAPI = json.loads(FILES["asyncapi.json"])


def test_the_asyncapi_document_keeps_the_specification():
    jsonschema_rs.Draft7Validator(ASYNCAPI_SCHEMA).validate(ASYNCAPI)


def test_every_event_type_is_a_message_on_the_channel_of_its_family():
    channels = {name: channel["messages"].values() for name, channel in ASYNCAPI["channels"].items()}
    messages = ASYNCAPI["components"]["messages"]
    listed = {
        messages[message["$ref"].removeprefix("#/components/messages/")]["name"]: family
        for family, references in channels.items()
        for message in references
    }

    assert listed == {contract.type: contract.family for contract in CONTRACTS.values()}
    assert [operation["channel"]["$ref"] for operation in ASYNCAPI["operations"].values()] == [
        f"#/channels/{family}" for family in families(CONTRACTS)
    ]
    assert {channel["address"] for channel in ASYNCAPI["channels"].values()} == {
        f"{{deployment}}.{family}" for family in families(CONTRACTS)
    }


@pytest.mark.parametrize("message", ASYNCAPI["components"]["messages"].values(), ids=lambda message: message["title"])
def test_every_message_has_examples_that_its_schema_accepts(message):
    validator = jsonschema_rs.Draft202012Validator(message["payload"]["schema"], validate_formats=True)

    assert message["payload"]["schemaFormat"] == "application/schema+json;version=draft-2020-12"
    assert message["examples"]
    for example in message["examples"]:
        validator.validate(example["payload"])


@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=lambda contract: contract.version)
def test_an_exported_schema_judges_the_examples_as_the_door_does(contract):
    schema = json.loads(FILES[f"schemas/{contract.version}.json"])
    validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    family, event = contract.event_type.split(".")
    beside = json.loads((FOLDER / family / f"{event}.v1.examples.json").read_text(encoding="utf-8"))

    assert schema["$id"] == f"urn:pulssi:event:{contract.version}"
    assert all(validator.is_valid(event) for event in beside["valid"])
    for each in beside["invalid"]:
        assert not validator.is_valid(each["event"])
        assert explain(contract, each["event"]).startswith(each["field"])


def test_the_table_has_a_row_for_each_event_type():
    rows = [line.split("|")[1].strip(" `") for line in FILES["events.md"].decode().splitlines() if "fi.pulssi." in line]

    assert rows == sorted(CONTRACTS)


def test_the_export_writes_the_same_bytes_in_every_process(tmp_path: Path):
    result = click.testing.CliRunner().invoke(contracts, ["export", str(tmp_path / "one")])
    for seed in ("1", "2"):
        command = [sys.executable, "-m", "infra", "contracts", "export", str(tmp_path / seed)]
        subprocess.run(command, check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": seed})

    assert result.exit_code == 0
    for name in ("one", "1", "2"):
        written = {path.relative_to(tmp_path / name).as_posix(): path.read_bytes() for path in files(tmp_path / name)}
        assert written == FILES


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
