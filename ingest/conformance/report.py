"""The report of a recording: a verdict per family, each finding once, and what has not been shown yet."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from ingest.conformance.cases import Case, Recording, cases_of
from ingest.conformance.clock_checks import clock_findings
from ingest.conformance.contract_checks import judged
from ingest.conformance.findings import Finding, Group, grouped
from ingest.conformance.id_checks import id_findings
from ingest.conformance.order_checks import heartbeat_findings, order_findings
from ingest.conformance.personal_checks import personal_findings
from ingest.conformance.recording import NO_FAMILY, Sent
from ingest.contracts import Contract

# The field and the fix when an event is none that the sender may send.
Scope = Callable[[dict[str, Any]], tuple[str, str] | None]


@dataclass(frozen=True, slots=True)
class FamilyReport:
    """Passes when nothing is wrong and everything has been shown."""

    family: str
    event_count: int
    fault_count: int
    advice_count: int
    shown: list[Case]
    missing: list[Case]

    @property
    def passes(self) -> bool:
        return not self.fault_count and not self.missing and self.family != NO_FAMILY

    def as_dict(self) -> dict[str, Any]:
        return {
            "family": self.family,
            "verdict": verdict(self.passes),
            "event_count": self.event_count,
            "fault_count": self.fault_count,
            "advice_count": self.advice_count,
            "shown": [{"case": case.code, "text": case.text} for case in self.shown],
            "missing": [{"case": case.code, "text": case.text} for case in self.missing],
        }


@dataclass(frozen=True, slots=True)
class Report:
    """What the kit says of one recording. *event_count* counts what stands where an event should."""

    event_count: int
    time_zone: str
    families: list[FamilyReport]
    groups: list[Group]

    @property
    def passes(self) -> bool:
        return bool(self.families) and all(family.passes for family in self.families)

    def as_dict(self) -> dict[str, Any]:
        return {
            "verdict": verdict(self.passes),
            "event_count": self.event_count,
            "time_zone": self.time_zone,
            "families": [family.as_dict() for family in self.families],
            "findings": [group.as_dict() for group in self.groups],
        }


def verdict(passes: bool) -> str:
    return "pass" if passes else "fail"


def conform(
    items: list[Any], contracts: dict[str, Contract], zone: ZoneInfo, now: datetime, scope: Scope = lambda _: None
) -> Report:
    """Judge the events of a recording, in their order of sending. Nothing is sent or kept."""
    events: list[Sent] = []
    findings: list[Finding] = []
    for number, item in enumerate(items, start=1):
        sent, of_contract = judged(number, item, contracts, now)
        events.append(sent)
        findings += of_contract
        findings += _foreign(sent, scope)
    findings += [
        *personal_findings(events, contracts),
        *id_findings(events),
        *clock_findings(events, zone),
        *order_findings(events),
        *heartbeat_findings(events),
    ]
    groups = grouped(findings)
    families = sorted({sent.family for sent in events}, key=lambda family: (family == NO_FAMILY, family))
    return Report(len(items), zone.key, [_family(family, events, groups, zone) for family in families], groups)


def _family(family: str, events: list[Sent], groups: list[Group], zone: ZoneInfo) -> FamilyReport:
    everything = [sent for sent in events if sent.contract]
    recording = Recording([sent for sent in everything if sent.family == family], everything, zone)
    cases = [] if family == NO_FAMILY else [case for case in cases_of(family) if case.applies(recording)]
    of_family = [group for group in groups if group.finding.sent.family == family]
    is_shown = {case.code: case.is_shown(recording) for case in cases}
    return FamilyReport(
        family,
        sum(sent.family == family for sent in events),
        sum(group.count for group in of_family if group.finding.is_fault),
        sum(group.count for group in of_family if not group.finding.is_fault),
        [case for case in cases if is_shown[case.code]],
        [case for case in cases if not is_shown[case.code]],
    )


def _foreign(sent: Sent, scope: Scope) -> Iterator[Finding]:
    refused = scope(sent.fields)
    if refused is not None:
        field, fix = refused
        text = f"{field}: this token may not send such events: the whole request would be refused (403)"
        yield Finding("scope", "foreign", sent, text, fix, field, sent.fields[field])
