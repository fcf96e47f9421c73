"""What the checks find: each thing once, with how often and where."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from ingest.conformance.recording import Sent
from ingest.scrub.scrub import scrub

# Some look as if they held a phone number.
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_SHOWN_EVENTS = 5
_LONGEST_SHOWN = 80

Check = Literal["contract", "personal_data", "ids", "clock", "order", "heartbeat", "scope"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault makes its family fail; advice does not."""

    check: Check
    code: str
    sent: Sent
    text: str
    fix: str
    field: str | None = None
    value: Any = None
    is_fault: bool = True


@dataclass(slots=True)
class Group:
    """The same finding in several events: the first value, all counted, the first events by number."""

    finding: Finding
    count: int
    numbers: list[int]

    def as_dict(self) -> dict[str, Any]:
        finding = self.finding
        return {
            "check": finding.check,
            "code": finding.code,
            "family": finding.sent.family,
            "event": finding.sent.told_type,
            "is_fault": finding.is_fault,
            "field": finding.field,
            "value": shown(finding.value),
            "text": finding.text,
            "fix": finding.fix,
            "count": self.count,
            "event_numbers": self.numbers,
        }


def grouped(findings: Iterable[Finding]) -> list[Group]:
    """Faults before advice, then in the order of the recording."""
    groups: dict[tuple[Any, ...], Group] = {}
    for finding in findings:
        key = (finding.check, finding.code, finding.sent.family, finding.field, finding.text, finding.is_fault)
        group = groups.setdefault(key, Group(finding, 0, []))
        group.count += 1
        if len(group.numbers) < _SHOWN_EVENTS:
            group.numbers.append(finding.sent.number)
    return sorted(groups.values(), key=lambda group: (not group.finding.is_fault, group.numbers))


def shown(value: Any) -> Any:
    """A value as a report may hold it: short, without personal data."""
    if not isinstance(value, str):
        return value
    return value if UUID.fullmatch(value) else scrub(value[: 2 * _LONGEST_SHOWN])[:_LONGEST_SHOWN]
