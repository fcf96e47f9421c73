"""Every event type through the real services: accepted, in balance, no trouble for gates and dbt."""

import json
import subprocess
import sys

import pytest
from loading import load_all, rows

from infra import database
from ingest.contract_documents import examples
from ingest.contracts import read_contracts
from ingest.ledger import read_balance
from ingest.produce import send

pytestmark = pytest.mark.services

CONTRACTS = read_contracts()
EXAMPLES = [(contract, content) for contract in CONTRACTS.values() for content in examples(contract)]

REFERENCE = """
insert into reference.region values ('10', 'x', 'x', 'x', '2020-01-01', null);
insert into reference.agency
select code, code, code, code, null, '2020-01-01', null from unnest(%(agencies)s::text[]) as code;
insert into reference.service_point values
('mikkeli', 'x', 'x', 'x', 'L', '10', null, 'fi', 'kela', '2020-01-01', null);
insert into reference.presence select 'mikkeli', agency_code, '2020-01-01', null from reference.agency;
insert into reference.opening_hours
select 'mikkeli', weekday, '09:00', '14:00', '2020-01-01', null from generate_series(1, 5) as weekday;
insert into reference.source
select source, family, null, 'mikkeli', 'kela', 'continuous', '2020-01-01', null
from unnest(%(sources)s::text[], %(families)s::text[]) as sources (source, family);
insert into ops.reference_load (digest, folders, row_counts) values ('test', '{}', '{}');
"""


@pytest.fixture(scope="module")
def loaded(make_deployment):
    """A deployment with every valid example in landing, and what became of them."""
    settings, environment = make_deployment()
    installations = sorted({(content["source"], contract.family) for contract, content in EXAMPLES})
    values = {
        "agencies": ["dvv", "kela", "migri", "poliisi", "vero"],
        "sources": [source for source, _ in installations],
        "families": [family for _, family in installations],
    }
    with database.connect(settings) as connection:
        for statement in REFERENCE.split(";\n"):
            connection.execute(statement, values if "%(" in statement else None)
    send(settings, [json.dumps({**content, "id": f"e-{i}"}).encode() for i, (_, content) in enumerate(EXAMPLES)])
    return settings, environment, load_all(settings)


def test_every_valid_example_of_every_contract_reaches_landing_and_the_ledger_balances(loaded):
    settings, _, outcome = loaded

    assert outcome == {"accepted": len(EXAMPLES), "duplicate": 0, "rejected": 0, "held": 0}
    assert set(rows(settings, "select event_type, contract from landing.event")) == {
        (contract.event_type, contract.version) for contract in CONTRACTS.values()
    }
    with database.connect(settings) as connection:
        assert read_balance(connection).faults == []


def test_references_land_as_hashes_only(loaded):
    settings, *_ = loaded
    keys = {(contract.event_type, name) for contract in CONTRACTS.values() for name, _ in contract.keys}
    stored = rows(settings, "select event_type, name, value from landing.event, json_each_text(data) as f(name, value)")

    hashed = [value for event_type, name, value in stored if (event_type, name) in keys]
    assert len(hashed) > 20
    assert all(len(value) == 32 and int(value, 16) >= 0 for value in hashed)
    assert "7f0c2a91" not in " ".join(value for *_, value in stored)


@pytest.mark.parametrize("step", ["gate landing 2026-10", "build 2026-10 --stage marts", "gate marts 2026-10"])
def test_the_new_types_stop_no_gate_and_no_build(loaded, step):
    _, environment, _ = loaded

    result = subprocess.run(
        [sys.executable, "-m", "infra", *step.split()], env=environment, capture_output=True, text=True, check=False
    )

    assert result.returncode == 0, result.stdout + result.stderr
