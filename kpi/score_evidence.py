"""What was planted, where the pipeline is asked for it, and what it shows."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import psycopg

from infra.months import Month
from kpi.published import Observation, Release

EVERYWHERE = "everywhere"


@dataclass(frozen=True, slots=True)
class Fault:
    """A row of planted_faults.csv."""

    fault_id: str
    kind: str
    service_point_id: str
    source: str
    starts_at: datetime
    ends_at: datetime
    event_count: int
    description: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What was planted and what the pipeline shows of it."""

    kind: str
    place: str
    planted: str
    found: str
    is_as_planted: bool


@dataclass(frozen=True, slots=True)
class Device:
    """A row of devices.csv; *clock_offset_seconds* is how far ahead its clock was in the planted span."""

    clock_offset_seconds: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where to look: the database, the release, and the simulator's values by point, period and metric.

    *devices* is what the simulator knows of the clocks, by source.
    """

    connection: psycopg.Connection
    release: Release
    realised: Mapping[tuple[str, str, str], float]
    personal_data: list[str]
    devices: Mapping[str, Device]

    def count(self, statement: str, fault: Fault | None = None) -> int:
        return int(self.rows(statement, fault)[0][0] or 0)

    def rows(self, statement: str, fault: Fault | None = None) -> list[tuple[Any, ...]]:
        return self.connection.execute(statement, asdict(fault) if fault else None).fetchall()

    def observation(self, point: str, month: Month, metric_id: str, mode: str) -> Observation | None:
        rows = self.release.of("service_point", point, month.first_day)
        return next((row for row in rows if (row.metric_id, row.collection_mode) == (metric_id, mode)), None)


Check = Callable[[Evidence, list[Fault]], list[Finding]]


def same(kind: str, place: str, planted: int, counted: int, what: str) -> Finding:
    return Finding(kind, place, f"{planted} events", f"{counted} {what}", planted == counted)


def planted_count(faults: list[Fault]) -> int:
    return sum(fault.event_count for fault in faults)


def places(faults: list[Fault]) -> str:
    return ", ".join(fault.source or fault.service_point_id or EVERYWHERE for fault in faults)
