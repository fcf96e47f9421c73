"""What the simulator is told: sourced parameters, and what a deployment's simulation.yml says of its points."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from math import ceil
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from infra.errors import ActionNeeded
from infra.months import Month
from infra.yaml_files import read_yaml

FILE = Path(__file__).parent / "parameters.csv"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class AgencyProfile:
    """How customers of one agency come and how long they are served; times of day in seconds."""

    visits_per_year: float
    booked_share: float
    arrivals: Mapping[int, tuple[tuple[int, int, float], ...]]
    hours: Mapping[tuple[str, int], tuple[int, int] | None]
    durations: tuple[tuple[int, int, float], ...]
    service_moment_share: float
    slot_seconds: int
    self_service_share: float = 0.0

    @property
    def mean_desk_seconds(self) -> float:
        """Service and the work after it."""
        total = sum(weight for _, _, weight in self.durations)
        service = sum((low + high) / 2 * weight for low, high, weight in self.durations) / total
        return service / self.service_moment_share


@dataclass(frozen=True, slots=True)
class Parameters:
    """All of parameters.csv: numbers by name, and a profile per agency."""

    numbers: Mapping[str, float]
    agencies: Mapping[str, AgencyProfile]

    def __getitem__(self, name: str) -> float:
        return self.numbers[name]

    def of_point(self, service_point_id: str, month: Month, scenario: "Scenario") -> "Parameters":
        """The parameters with what was changed by design at the point by that month."""
        changed: dict[str, float] = {}
        for change in scenario.changes_of(service_point_id, month):
            changed |= change.get("parameters", {})
        unknown = changed.keys() - self.numbers.keys()
        if unknown:
            raise ActionNeeded(f"simulation.yml changes {min(unknown)}, which is no parameter: see {FILE.name}")
        return replace(self, numbers={**self.numbers, **changed}) if changed else self


@dataclass(frozen=True, slots=True)
class Scenario:
    """What happens at the points of one deployment, and which faults are planted there."""

    time_zone: ZoneInfo
    visits_per_month: Mapping[str, float]
    visits_of_point: Mapping[str, float]
    faces: Mapping[str, str]
    satisfaction_of_point: Mapping[str, float]
    desks: Mapping[str, Mapping[str, int]]
    changes: tuple[dict[str, Any], ...]
    wave: Mapping[str, Any]
    faults: Mapping[str, Any]

    def changes_of(self, service_point_id: str, month: Month) -> list[dict[str, Any]]:
        """What was changed by design at the point and holds in *month*."""
        return [
            change
            for change in self.changes
            if change["service_point_id"] == service_point_id and str(month) >= change["to_period"]
        ]

    @property
    def surveyed_points(self) -> list[str]:
        return list(self.wave["service_point_ids"])


def read_parameters(path: Path = FILE) -> Parameters:
    """Read the table whose every row names its source file and line."""
    numbers: dict[str, float] = {}
    rows: dict[str, list[dict[str, str]]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["agency"] and row["parameter"] != "municipal_share":
                rows.setdefault(row["agency"], []).append(row)
            else:
                numbers[row["parameter"]] = float(row["value"])
    return Parameters(numbers, {agency: _profile(of_agency) for agency, of_agency in rows.items()})


def read_scenario(folder: Path, time_zone: ZoneInfo) -> Scenario:
    """Read simulation.yml of a deployment; raise ActionNeeded when it has none."""
    path = folder / "simulation.yml"
    if not path.is_file():
        raise ActionNeeded(f"{path} does not exist: only a deployment with a simulation.yml can be simulated")
    content = read_yaml(path)
    keys = {field.name for field in fields(Scenario)} - {"time_zone"}
    if not isinstance(content, dict) or content.keys() != keys:
        raise ActionNeeded(f"{path}: give the keys {', '.join(sorted(keys))}, and no others")
    changes = tuple(content.pop("changes"))
    return Scenario(time_zone=time_zone, changes=changes, **content)


def instant(value: str | datetime | date, time_zone: ZoneInfo) -> int:
    """Seconds since 1970 of a local date or time without an offset, as simulation.yml writes them."""
    local = datetime.fromisoformat(str(value))
    return int(local.replace(tzinfo=time_zone).timestamp())


def seconds_of_day(text: str) -> int:
    hours, minutes = text.split(":")[:2]
    return int(hours) * 3600 + int(minutes) * 60


def _profile(rows: list[dict[str, str]]) -> AgencyProfile:
    single = {row["parameter"]: float(row["value"]) for row in rows if not row["category"]}
    arrivals: dict[int, list[tuple[int, int, float]]] = {}
    hours: dict[tuple[str, int], tuple[int, int] | None] = {}
    durations: list[tuple[int, int, float]] = []
    for row in rows:
        name, category, value = row["parameter"], row["category"], row["value"]
        if name == "arrival_weight":
            weekday, span = category.split(" ")
            arrivals.setdefault(_weekday(weekday), []).append((*_span(span), float(value)))
        elif name == "hours":
            size_class, weekday = category.split(" ")
            hours[size_class, _weekday(weekday)] = None if value == "closed" else _span(value)
        elif name == "duration_weight":
            low, high = (int(minutes) * 60 for minutes in category.split("-"))
            durations.append((low, high, float(value)))
    profile = AgencyProfile(
        visits_per_year=single.get("visits_per_year", 0),
        booked_share=single["booked_share"],
        arrivals={weekday: tuple(spans) for weekday, spans in arrivals.items()},
        hours=hours,
        durations=tuple(durations),
        service_moment_share=single["service_moment_share"],
        slot_seconds=int(single.get("slot_minutes", 0)) * 60,
        self_service_share=single.get("self_service_share", 0.0),
    )
    if profile.slot_seconds:
        return profile
    return replace(profile, slot_seconds=ceil(profile.mean_desk_seconds / 900) * 900)


def _weekday(name: str) -> int:
    return WEEKDAYS.index(name) + 1


def _span(text: str) -> tuple[int, int]:
    opens, closes = text.split("-")
    return seconds_of_day(opens), seconds_of_day(closes)
