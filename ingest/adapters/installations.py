"""The installations of a deployment: which vendor's system sends what, in installations/<name>.yml."""

import re
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import jsonschema_rs

from infra.errors import ActionNeeded
from infra.settings import Deployment
from infra.yaml_files import read_yaml
from ingest.adapters.adapter import Installation, adapter_of
from ingest.names import is_source

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_KEYS = {"adapter", "source", "time_zone", "settings"}


def installations_folder(deployment: Deployment) -> Path:
    return deployment.folder / "installations"


def read_installations(deployment: Deployment) -> dict[str, Installation]:
    """All installations by name; ActionNeeded names the file, the field, its value and the fix."""
    paths = sorted(installations_folder(deployment).glob("*.yml"))
    return {path.stem: read_installation(path, deployment.time_zone) for path in paths}


def read_installation(path: Path, time_zone: ZoneInfo) -> Installation:
    """One installation; *time_zone* counts where the file names none."""
    content = _content(path)
    if not _NAME.fullmatch(path.stem):
        raise ActionNeeded(f"{path}: name the file with small letters, digits, _ and -, it is part of an address")
    if missing := sorted({"adapter", "source", "settings"} - content.keys()):
        raise ActionNeeded(f"{path}: {missing[0]}: missing: give adapter, source and settings")
    if unknown := sorted(content.keys() - _KEYS):
        raise ActionNeeded(f"{path}: {unknown[0]}: unknown: known ones are {', '.join(sorted(_KEYS))}")
    source = content["source"]
    if not isinstance(source, str) or not is_source(source):
        raise ActionNeeded(f"{path}: source is {source!r}: give a path such as /points or /agencies/vero/booking")
    try:
        adapter = adapter_of(str(content["adapter"]))
    except ActionNeeded as error:
        raise ActionNeeded(f"{path}: {error}") from error
    settings = _with_text_keys(content["settings"], path, "settings")
    for wrong in adapter.settings.iter_errors(settings):
        raise ActionNeeded(f"{path}: {_explained(wrong, settings, adapter.settings_schema)}")
    if said := adapter.misfit(settings):
        raise ActionNeeded(f"{path}: {said}")
    return Installation(path.stem, adapter.name, source, _zone(content, path, time_zone), settings)


def _content(path: Path) -> dict[str, Any]:
    try:
        content = read_yaml(path)
    except FileNotFoundError as error:
        raise ActionNeeded(f"there is no {path}: write it, see docs/adapters.md") from error
    if not isinstance(content, dict):
        raise ActionNeeded(f"{path}: give adapter, source and settings, each with its value")
    return content


def _zone(content: dict[str, Any], path: Path, default: ZoneInfo) -> ZoneInfo:
    name = content.get("time_zone", default.key)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, TypeError, ValueError) as error:
        raise ActionNeeded(f"{path}: time_zone is {name!r}: give an IANA name such as Europe/Helsinki") from error


def _with_text_keys(value: Any, path: Path, place: str) -> Any:
    """YAML reads the key 1 as a number and no as false; a vendor's codes are texts in JSON."""
    if isinstance(value, list):
        return [_with_text_keys(item, path, f"{place}.{number}") for number, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    for key in value:
        if isinstance(key, bool) or not isinstance(key, str | int):
            raise ActionNeeded(f"{path}: {place}: YAML reads the key {key!r} as no text: put it in quotes")
    return {str(key): _with_text_keys(item, path, f"{place}.{key}") for key, item in value.items()}


def _explained(error: jsonschema_rs.ValidationError, settings: Any, schema: dict[str, Any]) -> str:
    """Field, value and fix; the fix is the schema's own description of the field where it has one."""
    path = ["settings", *(str(part) for part in error.instance_path)]
    kind = error.kind
    if isinstance(kind, jsonschema_rs.ValidationErrorKind.Required):
        return f"{'.'.join([*path, str(kind.property)])}: missing{_description(schema, error, str(kind.property))}"
    if isinstance(kind, jsonschema_rs.ValidationErrorKind.AdditionalProperties):
        return f"{'.'.join([*path, kind.unexpected[0]])}: unknown: leave it out, or see docs/adapters.md"
    value: Any = settings
    for part in error.instance_path:
        value = value[str(part)] if isinstance(value, dict) else value[part]  # a key of digits comes as a number
    return f"{'.'.join(path)} is {str(value)[:80]!r}: {error.message}{_description(schema, error)}"


def _description(schema: dict[str, Any], error: jsonschema_rs.ValidationError, name: str | None = None) -> str:
    """The description nearest to what is wrong: of the field itself, else of what it is part of."""
    node: Any = schema
    found = None
    for part in error.evaluation_path[:-1]:
        node = node.get(part, {}) if isinstance(node, dict) else {}
        if part == "$ref":
            node = schema["$defs"][node.removeprefix("#/$defs/")]
        found = node.get("description", found) if isinstance(node, dict) else found
    if name is not None:
        found = node.get("properties", {}).get(name, {}).get("description", found)
    return f": give {found}" if found else ""
