"""The demo's months, simulated once for all tests of a run."""

from collections import defaultdict

import orjson
import pytest
from simulated_files import table

from infra.months import parse_month
from infra.settings import read_deployment
from ingest.simulator.simulation import expected, read_inputs, simulate_events, write_simulation


@pytest.fixture(scope="session")
def inputs():
    return read_inputs(read_deployment("demo"), [parse_month("2026-09"), parse_month("2026-10")])


@pytest.fixture(scope="session")
def folder(inputs, tmp_path_factory):
    target = tmp_path_factory.mktemp("simulation") / "simulated"
    write_simulation(target, inputs, simulate_events(inputs, 1), expected(inputs, 1, 1, print))
    return target


@pytest.fixture(scope="session")
def lines(folder):
    return (folder / "events.ndjson").read_bytes().splitlines()


@pytest.fixture(scope="session")
def events(lines):
    return [orjson.loads(line) for line in lines if line.endswith(b"}}")]


@pytest.fixture(scope="session")
def faults(folder):
    rows = defaultdict(list)
    for row in table(folder, "planted_faults"):
        rows[row["kind"]].append(row | {"event_count": int(row["event_count"])})
    return rows


@pytest.fixture(scope="session")
def values(folder):
    return {
        (row["period"][:7], row["level"], row["level_id"], row["metric_id"], row["collection_mode"]): row
        for row in table(folder, "metric_values")
    }
