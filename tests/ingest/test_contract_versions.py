"""What a new version of a contract breaks, each kind told in words, and files that never change once released."""

import copy
import json
import shutil
from pathlib import Path

import click.testing
import pytest

from infra.errors import ActionNeeded
from ingest.compatibility import breaks
from ingest.contract_command import contracts
from ingest.contracts import FOLDER
from ingest.released import LIST, changed_files, release_files, steps, unreleased_files

BEFORE = {
    "title": "Something.",
    "x-subject": "required",
    "type": "object",
    "additionalProperties": False,
    "required": ["agency"],
    "properties": {
        "agency": {"type": "string", "pattern": "^[a-z]+$"},
        "ticket_key": {"type": "string", "minLength": 8, "maxLength": 128, "x-key-scope": "source"},
        "note": {"type": "string", "x-free-text": True},
        "access": {"enum": ["walk_in", "booked"]},
        "count": {"type": "integer", "minimum": 0, "maximum": 10},
        "raw_value": {"type": ["string", "integer"]},
        "answers": {"type": "array", "items": {"type": "object", "properties": {"scale": {"type": "string"}}}},
        "open": {"type": "object", "properties": {}},
    },
}


def changed(**rules):
    """BEFORE with other rules, by path: fields joined by __, None takes a rule away."""
    after = copy.deepcopy(BEFORE)
    for path, value in rules.items():
        *parents, name = path.split("__")
        holder = after
        for parent in parents:
            holder = holder["properties"][parent] if parent in holder.get("properties", {}) else holder[parent]
        if value is None:
            del holder[name]
        else:
            holder[name] = value
    return after


@pytest.mark.parametrize(
    ("rules", "says"),
    [
        ({"properties__access": None}, "data.access: removed; events that have it are refused"),
        ({"required": ["agency", "count"]}, "data.count: required; events without it are refused"),
        (
            {"properties__hall": {"type": "string"}, "required": ["agency", "hall"]},
            "data.hall: required and new; events without it are refused",
        ),
        ({"dependentRequired": {"ticket_key": ["count"]}}, "data.count: required beside ticket_key"),
        ({"raw_value__type": "integer"}, "data.raw_value: type string is no longer allowed"),
        ({"count__type": "string"}, "data.count: type integer is no longer allowed"),
        ({"access__enum": ["walk_in"]}, "data.access: no longer allowed: booked"),
        ({"properties__access": {"const": "booked"}}, "data.access: no longer allowed: walk_in"),
        ({"properties__access": {"type": "string", "maxLength": 6}}, "data.access: no longer allowed: walk_in"),
        ({"agency__enum": ["kela"]}, "data.agency: only listed values are left"),
        ({"agency__pattern": "^[a-z]{3}$"}, "data.agency: the rule pattern was '^[a-z]+$', is '^[a-z]{3}$'"),
        ({"agency__format": "date"}, "data.agency: the rule format is new: 'date'"),
        ({"agency__maxLength": 3}, "data.agency: length had no such limit, is at most 3 (maxLength)"),
        ({"count__minimum": 1}, "data.count: value was at least 0, is at least 1 (minimum)"),
        ({"count__maximum": 9}, "data.count: value was at most 10, is at most 9 (maximum)"),
        ({"answers__maxItems": 3}, "data.answers: number of items had no such limit, is at most 3"),
        ({"answers__items__required": ["scale"]}, "data.answers[].scale: required; events without it are refused"),
        ({"answers__items__properties__scale__type": "integer"}, "data.answers[].scale: type string is no longer"),
        ({"open__additionalProperties": False}, "data.open: unknown fields are no longer allowed"),
        ({"anyOf": [{"required": ["count"]}]}, "data: the rule anyOf is new"),
        ({"x-subject": "optional"}, "subject: was required, is optional"),
        ({"x-subject": "none"}, "subject: was required, is none"),
        ({"ticket_key__x-key-scope": "point"}, "data.ticket_key: x-key-scope was source, is point"),
        ({"ticket_key__x-key-scope": None}, "data.ticket_key: x-key-scope was source, is None"),
        ({"note__x-free-text": None}, "data.note: x-free-text is gone"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_kind_of_break_is_named(rules, says):
    told = breaks(BEFORE, changed(**rules))

    assert len(told) == 1
    assert told[0].startswith(says)


@pytest.mark.parametrize(
    "rules",
    [
        {},
        {"title": "Something else.", "agency__description": "Who."},
        {"properties__hall": {"type": "string", "maxLength": 5}},
        {"properties__hall": {"type": "string"}, "dependentRequired": {"hall": ["count"]}},
        {"required": []},
        {"access__enum": ["walk_in", "booked", "invited"]},
        {"properties__access": {"type": "string", "pattern": "^[a-z_]+$"}},
        {"count__maximum": 11, "count__minimum": -1},
        {"count__type": "number"},
        {"agency__pattern": None},
        {"agency__x-free-text": True},
    ],
)
def test_what_allows_more_breaks_nothing(rules):
    assert breaks(BEFORE, changed(**rules)) == []


def test_the_contracts_as_they_are_are_released_and_break_nothing():
    assert changed_files(FOLDER) == []
    assert unreleased_files(FOLDER) == [], "pulssi contracts release"
    assert [step.after.name for step in steps(FOLDER) if not step.is_allowed] == []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(FOLDER, tmp_path / "contracts")


def run(command: str, folder: Path) -> click.testing.Result:
    return click.testing.CliRunner().invoke(contracts, [command, "--folder", str(folder)])


def write_version(folder: Path, version: str, **properties) -> None:
    payload = json.loads((folder / "queue" / "called.v1.json").read_text(encoding="utf-8"))
    payload["properties"] |= properties
    (folder / "queue" / f"called.{version}.json").write_text(json.dumps(payload), encoding="utf-8")


def test_a_minor_version_that_adds_a_field_is_released_by_one_line(folder):
    lines = (folder / LIST).read_text().splitlines()
    write_version(folder, "v1.1", hall={"type": "string"})

    assert "queue/called.v1.1.json: may still change" in run("check", folder).output
    assert run("release", folder).output == "released queue/called.v1.1.json\n"

    added = set((folder / LIST).read_text().splitlines()) - set(lines)
    assert [line.split("  ")[1] for line in added] == ["queue/called.v1.1.json"]
    assert set(lines) < set((folder / LIST).read_text().splitlines())
    assert "0 not released yet" in run("check", folder).output


@pytest.mark.parametrize("command", ["check", "release"])
def test_a_minor_version_that_breaks_is_refused_and_not_released(folder, command):
    write_version(folder, "v1.1", call_no={"type": "integer", "minimum": 1, "maximum": 9})

    result = run(command, folder)

    assert isinstance(result.exception, ActionNeeded)
    assert "queue.called.v1.1 breaks" in str(result.exception)
    assert "data.call_no: value was at most 1000, is at most 9 (maximum)" in result.output
    assert unreleased_files(folder) == ["queue/called.v1.1.json"]


def test_a_major_version_may_break_and_is_told_against_the_newest_minor(folder):
    write_version(folder, "v1.1", hall={"type": "string"})
    write_version(folder, "v2", desk_id={"enum": ["desk_1"]})

    result = run("check", folder)

    assert result.exit_code == 0
    assert "queue.called.v2.0 breaks against queue.called.v1.1:" in result.output
    assert "  data.hall: removed; events that have it are refused, or it is dropped" in result.output


def test_a_major_version_that_breaks_nothing_could_be_a_minor(folder):
    write_version(folder, "v2", hall={"type": "string"})

    assert "queue.called.v2.0 breaks nothing of queue.called.v1.0" in run("check", folder).output


@pytest.mark.parametrize("command", ["check", "release"])
@pytest.mark.parametrize("how", ["changed", "missing"])
def test_a_released_file_that_changes_or_goes_is_refused(folder, command, how):
    path = folder / "queue" / "called.v1.json"
    path.write_bytes(path.read_bytes() + b"\n") if how == "changed" else path.unlink()
    listed = (folder / LIST).read_bytes()

    result = run(command, folder)

    assert isinstance(result.exception, ActionNeeded)
    assert f"queue/called.v1.json: released, and {how}: put it back" in result.output
    assert (folder / LIST).read_bytes() == listed


def test_releasing_writes_the_list_as_it_is(folder):
    listed = (folder / LIST).read_bytes()

    assert release_files(folder) == []
    assert (folder / LIST).read_bytes() == listed
