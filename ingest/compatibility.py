"""What a new version of a contract breaks for those who send by the one before it, in words."""

import operator
from collections.abc import Iterator
from typing import Any

import jsonschema_rs

_ANNOTATIONS = {"$schema", "$id", "$comment", "title", "description", "examples", "default", "deprecated"}
_LOWER_LIMITS = {
    "minimum": "value",
    "exclusiveMinimum": "value",
    "minLength": "length",
    "minItems": "number of items",
    "minProperties": "number of fields",
}
_UPPER_LIMITS = {
    "maximum": "value",
    "exclusiveMaximum": "value",
    "maxLength": "length",
    "maxItems": "number of items",
    "maxProperties": "number of fields",
}
_OWN_RULES = {"properties", "required", "additionalProperties", "type", "enum", "const", "items", "dependentRequired"}
_MARKS = {"x-subject", "x-key-scope", "x-free-text"}
_READ_APART = {*_ANNOTATIONS, *_LOWER_LIMITS, *_UPPER_LIMITS, *_OWN_RULES, *_MARKS}


def breaks(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """What was allowed by the schema *before* and is not by *after*, a sentence each; none if nothing is.

    Where it can't be told (another pattern, another condition) it counts as a break.
    """
    return list(_breaks("data", before, after))


def _breaks(path: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    yield from _changed_marks(path, before, after)
    if "enum" in before or "const" in before:
        yield from _refused_values(path, before, after)
        return
    yield from _narrowed_type(path, before, after)
    yield from _narrowed_limits(path, before, after)
    if "enum" in after or "const" in after:
        yield f"{path}: only listed values are left, any that keeps the other rules was allowed"
    yield from _changed_fields(path, before, after)
    if "items" in after:
        yield from _breaks(f"{path}[]", before.get("items", {}), after["items"])
    for name in sorted(after.keys() - _READ_APART):
        if after[name] != before.get(name):
            was = f"was {before[name]!r}, is {after[name]!r}" if name in before else f"is new: {after[name]!r}"
            yield f"{path}: the rule {name} {was}; what kept the old rules may break it"


def _changed_marks(path: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    subject, subject_after = before.get("x-subject"), after.get("x-subject")
    if subject != subject_after:
        yield f"subject: was {subject}, is {subject_after}"
    scope, scope_after = before.get("x-key-scope"), after.get("x-key-scope")
    if scope != scope_after:
        yield (
            f"{path}: x-key-scope was {scope}, is {scope_after}; "
            "the same reference becomes another key, so old and new events no longer meet"
        )
    if before.get("x-free-text") and not after.get("x-free-text"):
        yield f"{path}: x-free-text is gone; personal data in it would no longer be scrubbed"


def _refused_values(path: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    validator = jsonschema_rs.Draft202012Validator(after, validate_formats=True)
    refused = [value for value in before.get("enum", [before.get("const")]) if not validator.is_valid(value)]
    if refused:
        yield f"{path}: no longer allowed: {', '.join(map(str, refused))}"


def _narrowed_type(path: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    if "type" not in after:
        return
    types, types_after = (_types(schema) for schema in (before, after))
    if not types:
        yield f"{path}: type is new: only {' or '.join(sorted(types_after))} is left"
    elif gone := sorted(types - types_after - ({"integer"} if "number" in types_after else set())):
        yield f"{path}: type {' or '.join(gone)} is no longer allowed"


def _types(schema: dict[str, Any]) -> set[str]:
    types = schema.get("type", [])
    return {types} if isinstance(types, str) else set(types)


def _narrowed_limits(path: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    for limits, word, narrower in (
        (_LOWER_LIMITS, "at least", operator.gt),
        (_UPPER_LIMITS, "at most", operator.lt),
    ):
        for name, what in limits.items():
            if name in after and (name not in before or narrower(after[name], before[name])):
                was = f"was {word} {before[name]}" if name in before else "had no such limit"
                yield f"{path}: {what} {was}, is {word} {after[name]} ({name})"


def _changed_fields(path: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    fields, fields_after = before.get("properties", {}), after.get("properties", {})
    for name, schema in fields.items():
        if name in fields_after:
            yield from _breaks(f"{path}.{name}", schema, fields_after[name])
        else:
            yield f"{path}.{name}: removed; events that have it are refused, or it is dropped"
    for name in after.get("required", []):
        if name not in before.get("required", []):
            new = "" if name in fields else " and new"
            yield f"{path}.{name}: required{new}; events without it are refused"
    for name, needed in after.get("dependentRequired", {}).items():
        for other in needed:
            if other not in before.get("dependentRequired", {}).get(name, []) and name in fields:
                yield f"{path}.{other}: required beside {name}; events without it are refused"
    if after.get("additionalProperties") is False and before.get("additionalProperties", True) is not False:
        yield f"{path}: unknown fields are no longer allowed"
