"""The field that a refusal names and the value that stands there: told to the sender only, whose own it is."""

from typing import Any

_LONGEST_VALUE = 200


def field_and_value(item: Any, text: str) -> dict[str, Any]:
    """The field with which *text* begins, and its value where *item* has one."""
    name, separator, _ = text.partition(": ")
    if not separator or " " in name:
        return {}
    value = item
    for part in name.split("."):
        if isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            return {"field": name}
    return {"field": name, "value": shortened(value)}


def shortened(value: Any) -> Any:
    if isinstance(value, str):
        return value[:_LONGEST_VALUE]
    if isinstance(value, dict | list):
        return f"({'an object' if isinstance(value, dict) else 'an array'} of {len(value)})"
    return value


def depth(value: Any) -> int:
    """How many objects and arrays stand within each other; not by recursion, for a sender chooses how many."""
    found, level = 0, [value]
    while level := [part for part in level if isinstance(part, dict | list)]:
        found += 1
        level = [part for one in level for part in (one.values() if isinstance(one, dict) else one)]
    return found
