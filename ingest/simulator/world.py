"""The service points to simulate, as the deployment's reference files describe them."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from infra.months import Month
from ingest.simulator.parameters import seconds_of_day

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Point:
    """One service point; spans are seconds of the local day."""

    service_point_id: str
    size_class: str
    region_code: str
    language: str
    agencies: tuple[str, ...]
    hours: Mapping[int, Span]
    exceptions: Mapping[date, Span | None]
    closed_dates: frozenset[date]
    queue_source: str | None
    feedback_source: str | None

    def opening(self, day: date) -> Span | None:
        """When the point is open on *day*, or None."""
        if day in self.exceptions:
            return self.exceptions[day]
        return None if day in self.closed_dates else self.hours.get(day.isoweekday())


@dataclass(frozen=True, slots=True)
class World:
    points: tuple[Point, ...]
    sms_sources: Mapping[str, str]
    booking_sources: Mapping[str, str]
    survey_source: str
    wave_id: str
    wave_dates: tuple[date, date]


def read_world(folders: Sequence[Path], on: date) -> World:
    """The points valid *on* a day; *folders* are united, so that a point registered later is there too."""
    tables = _Tables(folders, on)
    sources = tables.rows("sources")
    wave = tables.rows("waves")[0]
    holidays = frozenset(date.fromisoformat(row["holiday_date"]) for row in tables.rows("holidays"))
    return World(
        points=tuple(_point(row, tables, sources, holidays) for row in tables.rows("service_points")),
        sms_sources=_by_agency(sources, "sms"),
        booking_sources=_by_agency(sources, "booking"),
        survey_source=next(
            row["source"] for row in tables.rows("sources", dated=False) if row["collection_mode"] == "survey"
        ),
        wave_id=wave["wave_id"],
        wave_dates=(date.fromisoformat(wave["starts_on"]), date.fromisoformat(wave["ends_on"])),
    )


def days(month: Month) -> list[date]:
    count = (month.next.first_day - month.first_day).days
    return [month.first_day + timedelta(days=number) for number in range(count)]


@dataclass(frozen=True, slots=True)
class _Tables:
    folders: Sequence[Path]
    on: date

    def rows(self, name: str, dated: bool = True) -> list[dict[str, str]]:
        found = []
        for folder in self.folders:
            path = folder / f"{name}.csv"
            if path.is_file():
                with path.open(encoding="utf-8", newline="") as file:
                    found += list(csv.DictReader(file))
        return [row for row in found if not dated or self._is_valid(row)]

    def _is_valid(self, row: dict[str, str]) -> bool:
        day = self.on.isoformat()
        return row.get("valid_from", "") <= day and (not row.get("valid_to") or day < row["valid_to"])


def _point(row: dict[str, str], tables: _Tables, sources: list[dict[str, str]], holidays: frozenset[date]) -> Point:
    identity = row["service_point_id"]

    def own(name: str) -> list[dict[str, str]]:
        return [other for other in tables.rows(name) if other["service_point_id"] == identity]

    installed = {other["family"]: other["source"] for other in sources if other["service_point_id"] == identity}
    return Point(
        service_point_id=identity,
        size_class=row["size_class"],
        region_code=row["region_code"],
        language=row["majority_language"],
        agencies=tuple(other["agency_code"] for other in own("presence")),
        hours={
            int(other["weekday"]): (seconds_of_day(other["opens_at"]), seconds_of_day(other["closes_at"]))
            for other in own("opening_hours")
        },
        exceptions={
            date.fromisoformat(other["exception_date"]): (
                (seconds_of_day(other["opens_at"]), seconds_of_day(other["closes_at"])) if other["opens_at"] else None
            )
            for other in own("opening_exceptions")
        },
        closed_dates=holidays,
        queue_source=installed.get("queue"),
        feedback_source=installed.get("feedback"),
    )


def _by_agency(sources: list[dict[str, str]], kind: str) -> dict[str, str]:
    """Sources such as /agencies/<code>/sms, by agency code."""
    return {
        row["source"].split("/")[2]: row["source"]
        for row in sources
        if row["source"].startswith("/agencies/") and row["source"].endswith(f"/{kind}")
    }
