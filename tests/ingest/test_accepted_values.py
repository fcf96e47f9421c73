"""What the door lets in PostgreSQL can store and read as what the contract says it is."""

import json

import nacl.public
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sample_events import event

from infra import database
from ingest.contracts import read_contracts
from ingest.events import Door, Event, from_milliseconds, parse
from ingest.keys import Keys

pytestmark = pytest.mark.services

CONTRACTS = read_contracts()
DOOR = Door(CONTRACTS, Keys(b"k" * 32, nacl.public.PrivateKey(b"p" * 32).public_key), trusts_received_time=True)
KAFKA_TIME = from_milliseconds(1_790_000_000_000)
ZONES = st.sampled_from(["Z", "+03:00", "-14:59", "+14:59", "+23:59"])
FRACTIONS = st.sampled_from(["", ".5", "." + "1" * 9, "." + "1" * 300])
CASTS = {
    "integer": "integer",
    "large integer": "bigint",
    "boolean": "boolean",
    "date": "date",
    "date-time": "timestamptz",
}


@pytest.fixture(scope="module")
def connection(make_deployment):
    deployment, _ = make_deployment()
    with database.connect(deployment) as opened:
        opened.autocommit = True
        yield opened


def values(rule):
    """Values that a rule of a contract allows, moments just outside among them."""
    if "enum" in rule or "const" in rule:
        return st.sampled_from(rule.get("enum") or [rule["const"]])
    if rule.get("format"):
        day = st.sampled_from(["2099-12-31", "2000-01-01", "2028-02-29", "2026-02-30", "1999-12-31"])
        clock = st.sampled_from(["T00:00:00", "T23:59:59", "T23:59:60", "T24:00:00"])
        return day if rule["format"] == "date" else st.tuples(day, clock, FRACTIONS, ZONES).map("".join)
    kinds = rule["type"] if isinstance(rule["type"], list) else [rule["type"]]
    return st.one_of([of_kind(kind, rule) for kind in kinds])


def of_kind(kind, rule):
    if kind == "array":
        return st.lists(values(rule["items"]), min_size=rule.get("minItems", 0), max_size=3)
    if kind == "object":
        return payloads(rule)
    if kind == "boolean":
        return st.booleans()
    if kind == "integer":
        whole = st.integers(rule.get("minimum", -(10**30)), rule.get("maximum", 10**30))
        return whole | whole.map(float)
    if "pattern" in rule:
        return st.from_regex(rule["pattern"], fullmatch=True)
    return st.text(min_size=rule.get("minLength", 0))


def payloads(schema):
    fields = {name: values(rule) for name, rule in schema["properties"].items()}
    needed = {name: fields.pop(name) for name in schema.get("required", [])}
    return st.fixed_dictionaries(needed, optional=fields)


def readable(schema):
    """The fields of a payload that SQL reads as something else than text, with their types."""
    for name, rule in schema["properties"].items():
        if "pattern" not in rule or "format" in rule:
            is_large = rule.get("type") == "integer" and rule.get("maximum", 0) >= 2**31
            kinds = (rule.get("format"), "large integer" if is_large else rule.get("type"))
            yield from ((name, CASTS[kind]) for kind in kinds if str(kind) in CASTS)


@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=lambda contract: contract.version)
@given(data=st.data())
@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
def test_what_a_contract_lets_in_postgresql_reads_as_the_contract_says(connection, contract, data):
    schema = contract.schema["properties"]["data"]
    payload = data.draw(payloads(schema))

    result = parse(json.dumps(event(type=contract.type, data=payload)).encode(), 0, 0, KAFKA_TIME, DOOR)

    if isinstance(result, Event):
        casts = [f"cast(data ->> '{name}' as {kind})" for name, kind in readable(schema)]
        if "answers" in payload:
            casts += [
                f"(select max(cast(value ->> '{name}' as {kind})) from json_array_elements(data -> 'answers'))"
                for name, kind in readable(schema["properties"]["answers"]["items"])
            ]
        texts = "(select count(value) from json_each_text(data))"
        query = f"select {', '.join([texts, *casts])} from (select cast(%s as json) as data) as landed"
        assert connection.execute(query, (result.data.decode(),)).fetchone() is not None
