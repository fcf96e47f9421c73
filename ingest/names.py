"""What is kept as it was sent, names and codes, must not tell of a person: an event whose code does is refused."""

import re
from collections.abc import Set
from functools import lru_cache
from typing import Any

from ingest.scrub.scrub import names_person

_SOURCE = re.compile(r"/[A-Za-z0-9_./-]{1,199}")
_LONGEST_SOURCE = 200
_SHORTEST_TELLING = 8


def is_source(text: str) -> bool:
    """Whether a text may stand in the ledger as the name of an installation."""
    return len(text) <= _LONGEST_SOURCE and _is_short_source(text)


@lru_cache(maxsize=10_000)  # of short ones: a sender chooses how long others are
def _is_short_source(text: str) -> bool:
    return _SOURCE.fullmatch(text) is not None and not names_person(text)


def shown_file_name(name: str) -> str:
    """The name of a file as logs, reports and tables show it: withheld where it tells of a person."""
    stem, dot, suffixes = name.partition(".")
    return f"(name withheld){dot}{suffixes}" if names_person(stem) else name


def field_naming_a_person(content: dict[str, Any], replaced: Set[str]) -> str | None:
    """The first field of a valid event that does; nothing stays of the payload's fields *replaced*."""
    if not is_source(content["source"]):
        return "source"
    if names_person(content.get("subject", "")):
        return "subject"
    if not _is_like_uuid(content["id"]) and names_person(content["id"]):
        return "id"
    return _field(content["data"], replaced)


def _field(data: dict[str, Any], replaced: Set[str]) -> str | None:
    for name, value in data.items():
        kind = value.__class__
        if kind is str:
            if len(value) >= _SHORTEST_TELLING and name not in replaced and names_person(value):
                return f"data.{name}"
        elif kind is list:
            for item in value:
                if field := _field(item if item.__class__ is dict else {name: item}, replaced):
                    return field
        elif kind is dict and (field := _field(value, replaced)):
            return field
    return None


def _is_like_uuid(text: str) -> bool:
    return len(text) == 36 and text[8:24:5] == "----"
