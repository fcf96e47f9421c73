"""Reads a mapping file and finds everything that is wrong with it, before anything is read from a file."""

import codecs
import contextlib
import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import jsonschema_rs
import orjson

from infra.errors import ActionNeeded
from infra.yaml_files import parsed
from ingest.contracts import Contract
from ingest.files.cells import NAMED_FORMATS
from ingest.files.mapping import FOLDER, FileMapping, build, loose

_SOME_TIME = datetime(2026, 10, 5, 9, 15, tzinfo=UTC)


def read_mapping(path: Path, contracts: dict[str, Contract]) -> FileMapping:
    """Read and check a mapping file; ActionNeeded lists every problem with its key, the value and what to write."""
    try:
        written = path.read_bytes()
    except OSError as error:
        raise ActionNeeded(f"{path}: {error.strerror}: give the path of a mapping file") from error
    told = parsed(written, path)
    problems, content = ["the mapping: holds what a mapping cannot (a set, bytes, a loop): leave it out"], {}
    with contextlib.suppress(orjson.JSONEncodeError, RecursionError):
        # Days and times that YAML reads as such are texts again, as they are in events.
        content = orjson.loads(orjson.dumps(told, option=orjson.OPT_NON_STR_KEYS))
        problems = [*_yaml_traps(told, ""), *_form_problems(content)] or list(_meaning_problems(content, contracts))
    if problems:
        count = f"{len(problems)} problem" + ("s" if len(problems) > 1 else "")
        raise ActionNeeded("\n  ".join([f"mapping {path.name}: {count}, nothing was read:", *problems]))
    return build(content, path.stem, hashlib.sha256(written).hexdigest(), contracts)


def _form_problems(content: Any) -> Iterator[str]:
    schema = orjson.loads((FOLDER / "schema.json").read_bytes())
    for error in jsonschema_rs.Draft202012Validator(schema, validate_formats=True).iter_errors(content):
        key = ".".join(str(part) for part in error.instance_path) or "the mapping"
        yield f"{key}: {error.message}: see ingest/mappings/schema.json"


def _yaml_traps(content: Any, place: str) -> Iterator[str]:
    """Codes that YAML takes for something else than the text that the file holds."""
    if isinstance(content, dict):
        for key, item in content.items():
            if not isinstance(key, str | int) or isinstance(key, bool):
                yield f"{place or 'the mapping'}: {key!r} as a key: YAML reads it so, put what you mean in quotes"
            yield from _yaml_traps(item, f"{place}.{key}".lstrip("."))
    elif isinstance(content, list):
        for number, item in enumerate(content):
            yield from _yaml_traps(item, f"{place}.{number}")


def _meaning_problems(content: dict[str, Any], contracts: dict[str, Contract]) -> Iterator[str]:
    """What the form alone does not show: names that must exist elsewhere, and parts that must fit each other."""
    try:
        codecs.lookup(content.get("encoding", "utf-8"))
    except LookupError:
        yield f"encoding: {content['encoding']!r} is unknown: write one such as utf-8 or iso-8859-1"
    yield from _code_map_problems(content, content.get("code_maps", {}), "")
    yield from _format_problems(content, "")
    yield from _rule_problems(content)
    rules = content.get("events", [content])
    names = [rule.get("name") for rule in rules]
    for number, rule in enumerate(rules):
        place = f"events.{number}." if "events" in content else ""
        if len(rules) > 1 and (not names[number] or names.count(names[number]) > 1):
            yield f"{place}name: {names[number]!r}: give each event of a row a name of its own, it is part of the ids"
        yield from _event_problems(content | rule, contracts, place, content)


def _event_problems(
    rule: dict[str, Any], contracts: dict[str, Contract], place: str, content: dict[str, Any]
) -> Iterator[str]:
    for key in ("event", "time", "data"):
        if key not in rule:
            yield f"{place}{key}: missing: say it here or once for all events"
            return
    yield from _time_problems(rule["time"], place)
    contract = contracts.get(rule["event"])
    if contract is None:
        yield f"{place}event: {rule['event']!r} has no contract: write one of {', '.join(sorted(contracts))}"
        return
    payload = contract.schema["properties"]["data"]
    for name in rule["data"]:
        if name not in payload["properties"]:
            known = ", ".join(sorted(payload["properties"]))
            yield f"{place}data.{name}: {contract.type} has no such field: write one of {known}"
        else:
            yield from _constant_problems(rule["data"][name], payload["properties"][name], f"{place}data.{name}")
    for name in payload.get("required", []):
        if name not in rule["data"]:
            yield f"{place}data.{name}: missing, and required by {contract.type}: say where it comes from"
    if payload.get("x-subject") == "required" and "subject" not in rule:
        yield f"{place}subject: missing, and required by {contract.type}: say which column names the service point"
    if "{subject}" in rule["source"] and "subject" not in rule:
        yield f"{place}subject: missing, and source is {rule['source']!r}: say which column names the service point"
    if "subject" in rule:
        yield from _constant_problems(
            rule["subject"], contract.schema["properties"].get("subject", {}), f"{place}subject"
        )
    for key in ("flags", "clock_rules"):
        if key in content and "flags" not in payload["properties"]:
            yield f"{key}: {contract.type} has no field for flags, so what is odd would not be seen: leave {key} out"
    if "each_row" in _keys(rule["data"]) and "group" not in content:
        yield f"{place}data: each_row without group: say which columns tie the rows of one event together"


def _time_problems(time: dict[str, Any], place: str) -> Iterator[str]:
    zone = time["time_zone"]
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield f"{place}time.time_zone: {zone!r} is no time zone: write an IANA name such as Europe/Helsinki"
    if "columns" in time and "format" in time:
        formats = [time["format"]] if isinstance(time["format"], str) else time["format"]
        if "excel" in formats and any(form not in NAMED_FORMATS for form in formats):
            yield f"{place}time.format: {formats}: excel does not mix with others over several columns: name one format"


def _constant_problems(value: Any, schema: dict[str, Any], place: str) -> Iterator[str]:
    """Values written in the mapping itself that no event may have: rows would be set aside for them."""
    if isinstance(value, dict) and "each_row" in value:
        yield from _constant_problems(value["each_row"], schema.get("items", {}), f"{place}.each_row")
    elif isinstance(value, dict) and "properties" in schema:
        for key, item in value.items():
            yield from _constant_problems(item, schema["properties"].get(key, {}), f"{place}.{key}")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _constant_problems(item, schema.get("items", {}), f"{place}.{number}")
    elif isinstance(value, dict) and "column" in value:
        codes = value.get("codes")
        for written, meant in codes.items() if isinstance(codes, dict) else ():
            for error in jsonschema_rs.Draft202012Validator(schema).iter_errors(meant):
                yield f"{place}.codes.{written}: {error.message}: correct it"
    else:
        for error in jsonschema_rs.Draft202012Validator(schema).iter_errors(value):
            yield f"{place}: {error.message}: correct it, or name a column (column: ...)"


def _format_problems(content: Any, place: str) -> Iterator[str]:
    """Formats of times by which no text can ever be read."""
    if isinstance(content, dict):
        if content.keys() & {"column", "columns"} and "format" in content:
            formats = [content["format"]] if isinstance(content["format"], str) else content["format"]
            for form in formats:
                if form not in NAMED_FORMATS and not _can_be_read_by(form):
                    known = ", ".join(sorted(NAMED_FORMATS))
                    yield f"{place}.format: {form!r}: write one of {known}, or codes such as %d.%m.%Y %H:%M"
        for key, item in content.items():
            yield from _format_problems(item, f"{place}.{key}".lstrip("."))
    elif isinstance(content, list):
        for number, item in enumerate(content):
            yield from _format_problems(item, f"{place}.{number}")


def _can_be_read_by(form: str) -> bool:
    try:
        datetime.strptime(_SOME_TIME.strftime(form), form)
    except (ValueError, re.error):  # re.error: a code that comes twice
        return False
    return True


def _rule_problems(content: dict[str, Any]) -> Iterator[str]:
    period = content.get("period")
    if period and str(period["to"]) < str(period["from"]):
        yield f"period: to {period['to']} is before from {period['from']}: turn them round"
    for number, rule in enumerate(content.get("clock_rules", ())):
        if ("add_days" in rule) == ("set_year" in rule):
            yield f"clock_rules.{number}: give either add_days or set_year"
    for number, rule in enumerate(content.get("flags", ())):
        if ("when" in rule) == ("on_days" in rule):
            yield f"flags.{number}: give either when or on_days"
    if content["identity"] != "content" and "group" in content:
        loose_columns = [name for name in content["identity"] if name not in content["group"]]
        if loose_columns:
            yield f"identity: {loose_columns[0]!r} is not in group: only a group's own columns can tell groups apart"


def _code_map_problems(content: Any, code_maps: dict[str, Any], place: str) -> Iterator[str]:
    """Names of code maps that are not there, and codes that differ only in what a loose match does not look at."""
    if isinstance(content, dict):
        codes = content.get("codes") if "column" in content else None
        if isinstance(codes, str) and codes not in code_maps:
            yield f"{place}.codes: no code map {codes!r}: write one of {', '.join(sorted(code_maps)) or 'code_maps'}"
        if content.get("match") == "loose" and "column" in content:
            listed = code_maps.get(codes, {}) if isinstance(codes, str) else codes or {}
            seen: dict[str, Any] = {}
            for written, meant in listed.items():
                if seen.setdefault(loose(str(written)), meant) != meant:
                    yield f"{place}.codes: {written!r} means two things when case and blanks do not matter: keep one"
        for key, item in content.items():
            yield from _code_map_problems(item, code_maps, f"{place}.{key}".lstrip("."))
    elif isinstance(content, list):
        for number, item in enumerate(content):
            yield from _code_map_problems(item, code_maps, f"{place}.{number}")


def _keys(content: Any) -> set[str]:
    if isinstance(content, dict):
        return {str(key) for key in content} | {key for item in content.values() for key in _keys(item)}
    return {key for item in content for key in _keys(item)} if isinstance(content, list) else set()
