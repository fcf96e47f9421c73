"""Contracts: examples beside each, and event types that are added by adding files."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import nacl.public
import pytest
from sample_events import line

from ingest.contracts import FOLDER, Contract, explain, families, read_contracts
from ingest.events import Door, parse
from ingest.keys import Keys

CONTRACTS = read_contracts()
EXAMPLES = [
    (path, kind, number, example)
    for path in sorted(FOLDER.glob("*/*.examples.json"))
    for kind, examples in json.loads(path.read_text(encoding="utf-8")).items()
    for number, example in enumerate(examples)
]


def examples(kind: str) -> list[object]:
    return [
        pytest.param(example, id=f"{path.parent.name}/{path.name}#{number}")
        for path, this, number, example in EXAMPLES
        if this == kind
    ]


def test_every_contract_has_valid_and_invalid_examples():
    assert len(CONTRACTS) >= 33

    with_examples = {(path.parent.name, path.name.split(".")[0], kind) for path, kind, _, _ in EXAMPLES}

    wanted = {
        (*contract.event_type.split("."), kind) for contract in CONTRACTS.values() for kind in ("valid", "invalid")
    }
    assert with_examples == wanted


@pytest.mark.parametrize("example", examples("valid"))
def test_a_valid_example_is_let_in(example):
    CONTRACTS[example["type"]].validator.validate(example)


@pytest.mark.parametrize("example", examples("invalid"))
def test_an_invalid_example_is_refused_for_the_field_it_names(example):
    contract = CONTRACTS[example["event"]["type"]]

    assert not contract.validator.is_valid(example["event"])
    assert explain(contract, example["event"]).startswith(f"{example['field']}: ")


@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=lambda contract: contract.version)
def test_no_contract_lets_unknown_fields_in(contract: Contract):
    assert contract.schema["additionalProperties"] is False
    assert contract.schema["properties"]["data"]["additionalProperties"] is False


def test_an_event_type_is_added_by_adding_a_file(tmp_path: Path):
    folder = shutil.copytree(FOLDER, tmp_path / "contracts")
    (folder / "parcel").mkdir()
    note = {"type": "string", "x-free-text": True}
    payload = {"type": "object", "additionalProperties": False, "properties": {"note": note}}
    (folder / "parcel" / "left.v1.json").write_text(json.dumps(payload))

    contracts = read_contracts(folder)
    door = Door(contracts, Keys(b"k" * 32, nacl.public.PrivateKey(b"p" * 32).public_key), trusts_received_time=True)
    value = line(type="fi.pulssi.parcel.left.v1", data={"note": "Soita 040 123 4567"})
    accepted = parse(value, 0, 0, datetime(2026, 10, 5, tzinfo=UTC), door)

    assert "parcel" in families(contracts)  # each family has a topic
    assert (accepted.event_type, accepted.data) == ("parcel.left", b'{"note":"Soita [phone]"}')


def test_an_event_is_checked_against_the_newest_minor_version(tmp_path: Path):
    folder = shutil.copytree(FOLDER, tmp_path / "contracts")
    payload = json.loads((folder / "queue" / "called.v1.json").read_text())
    payload["properties"]["hall"] = {"type": "string"}
    (folder / "queue" / "called.v1.1.json").write_text(json.dumps(payload))
    event = json.loads((FOLDER / "queue" / "called.v1.examples.json").read_text())["valid"][0]
    event["data"]["hall"] = "north"

    contract = read_contracts(folder)["fi.pulssi.queue.called.v1"]

    assert contract.version == "queue.called.v1.1"
    assert contract.validator.is_valid(event)
    assert not CONTRACTS["fi.pulssi.queue.called.v1"].validator.is_valid(event)
