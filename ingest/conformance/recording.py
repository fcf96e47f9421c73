"""A recording: events as a vendor sent them, in the order of sending."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson

from ingest.contracts import Contract

NO_FAMILY = "(no family)"
_FAMILY = re.compile(r"fi\.pulssi\.([a-z_]+)\.")


class Unread(NamedTuple):
    """What stands where an event should: a line that is not JSON."""

    column: int


class Untranslated(NamedTuple):
    """A vendor's payload of which no event could be made."""

    family: str
    text: str


@dataclass(frozen=True, slots=True)
class Sent:
    """One event of a recording, number *number* of it. *contract* is None unless it keeps one."""

    number: int
    content: Any
    family: str
    contract: Contract | None
    received_at: datetime

    @property
    def fields(self) -> dict[str, Any]:
        return self.content if isinstance(self.content, dict) else {}

    @property
    def data(self) -> dict[str, Any]:
        data = self.fields.get("data")
        return data if isinstance(data, dict) else {}

    @property
    def source(self) -> str:
        return str(self.fields.get("source"))

    @property
    def event_type(self) -> str:
        return self.contract.event_type if self.contract else "?"

    @property
    def told_type(self) -> str:
        """The type as the event tells it, shortened; its family where it tells none that we know."""
        told = self.fields.get("type")
        return told.removeprefix("fi.pulssi.") if isinstance(told, str) and self.family in told else self.family

    @property
    def occurred_at(self) -> datetime:
        """When it happened; only of an event that keeps its contract."""
        return datetime.fromisoformat(self.fields["time"])

    def has(self, event_type: str, **data: Any) -> bool:
        """Whether it is a valid event of this type whose payload has these values; ... stands for any."""
        return self.event_type == event_type and all(
            name in self.data if value is ... else self.data.get(name) == value for name, value in data.items()
        )


def read(body: bytes) -> list[Any]:
    """The values of a JSON array, a single event, or one event a line; what is not JSON as Unread."""
    body = body.removeprefix(b"\xef\xbb\xbf")
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        return [_line(line) for line in body.split(b"\n") if line.strip()]
    return content if isinstance(content, list) else [content]


def family_of(content: Any, families: list[str]) -> str:
    """The family that an event's type names, if there is such a one."""
    if isinstance(content, Untranslated):
        return content.family
    event_type = content.get("type") if isinstance(content, dict) else None
    found = _FAMILY.match(event_type) if isinstance(event_type, str) else None
    return found[1] if found and found[1] in families else NO_FAMILY


def received_at(content: Any, now: datetime) -> datetime:
    """The time of receipt that the recording tells, else *now*."""
    told = content.get("receivedtime") if isinstance(content, dict) else None
    try:
        moment = datetime.fromisoformat(told) if isinstance(told, str) else now
        return moment.astimezone(UTC) if moment.tzinfo else now
    except (ValueError, OverflowError):
        return now


def _line(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return Unread(error.colno)
