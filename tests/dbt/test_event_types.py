"""Every type of event that a contract lets in is placed: in a fact, or listed as in none yet. No database is needed."""

import json
import re

from infra.settings import ROOT

CONTRACTS = ROOT / "ingest" / "contracts"
STAGING = ROOT / "dbt" / "models" / "staging"


def test_every_event_type_has_its_place_among_the_facts(manifest):
    told = literal_of(manifest, "facts_of_event_types")

    assert set(told) == event_types()
    marts = {node["name"] for node in manifest["nodes"].values() if "marts" in node["fqn"]}
    assert {fact for fact in told.values() if fact} <= marts


def test_every_event_type_has_a_staging_model():
    staged = {
        event_type
        for path in STAGING.glob("stg_landing__*.sql")
        for event_type in re.findall(r"'([a-z_]+\.[a-z_]+)'", path.read_text(encoding="utf-8"))
    }

    assert event_types() - staged == {"correction.amended", "correction.withdrawn"}  # of these a macro speaks


def test_a_correction_replaces_fields_that_the_contract_of_its_event_knows_by_the_same_rules(manifest):
    replaceable = fields_of("correction.amended")["replaced"]["properties"]
    same = {
        event_type: {
            name for name, rule in fields_of(event_type).items() if rules(replaceable.get(name)) == rules(rule)
        }
        for event_type in event_types()
    }

    told = literal_of(manifest, "correctable_fields")

    assert {name: set(fields) for name, fields in told.items()} == {name: each for name, each in same.items() if each}


def test_no_correction_replaces_a_key():
    replaceable = set(fields_of("correction.amended")["replaced"]["properties"])
    keys = {name for each in event_types() for name, rule in fields_of(each).items() if "x-key-scope" in rule}
    assert len(keys) > 5

    assert replaceable & keys == set()


def event_types():
    return {f"{path.parent.name}.{path.name.split('.')[0]}" for path in CONTRACTS.glob("*/*.json")}


def fields_of(event_type):
    """The payload fields of the newest minor version."""
    family, event = event_type.split(".")
    paths = [path for path in CONTRACTS.glob(f"{family}/{event}.v1*.json") if "examples" not in path.name]
    newest = max(paths, key=lambda path: len(path.name))
    return json.loads(newest.read_text(encoding="utf-8"))["properties"]


def literal_of(manifest, macro):
    """The dictionary that a macro returns: a literal that Jinja and Python read alike but for its nothing."""
    text = manifest["macros"][f"macro.pulssi.{macro}"]["macro_sql"]
    return eval(text[text.index("return({") + 7 : text.rindex("})") + 1], {"none": None})


def rules(schema):
    """A schema without its words."""
    if isinstance(schema, dict):
        return {name: rules(each) for name, each in schema.items() if name != "description"}
    return schema
