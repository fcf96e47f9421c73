"""Recordings in a vendor's own format: what the adapter of an installation makes of them is judged."""

from typing import Any

from ingest.adapters.adapter import Installation, NotTranslated, adapter_of, translate
from ingest.conformance.recording import Unread, Untranslated


def translated(items: list[Any], installation: Installation) -> list[Any]:
    """The events of each payload in turn; in place of a payload that the adapter sets aside, why it does."""
    family = adapter_of(installation.adapter).family
    events: list[Any] = []
    for item in items:
        if isinstance(item, Unread):
            events.append(item)
            continue
        try:
            events += translate(item, installation)
        except NotTranslated as problem:
            events.append(Untranslated(family, str(problem)))
    return events
