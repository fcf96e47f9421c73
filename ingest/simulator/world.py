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
    """One service point; spans are seconds of the local day. *installed* is its sources by what they are."""

    service_point_id: str
    size_class: str
    region_code: str
    municipality_code: str
    language: str
    agencies: tuple[str, ...]
    hours: Mapping[int, Span]
    exceptions: Mapping[date, Span | None]
    closed_dates: frozenset[date]
    installed: Mapping[str, str]
    stops: Mapping[int, str]
    stop_hours: Mapping[int, Span]

    @property
    def queue_source(self) -> str | None:
        return self.installed.get("queue")

    @property
    def feedback_source(self) -> str | None:
        return self.installed.get("device")

    def stop(self, day: date) -> str | None:
        """Where a mobile point is on *day*."""
        return self.stops.get(day.isoweekday())

    def opening(self, day: date) -> Span | None:
        """When the point is open on *day*, or None."""
        if day in self.exceptions:
            return self.exceptions[day]
        return None if day in self.closed_dates else self.hours.get(day.isoweekday())


@dataclass(frozen=True, slots=True)
class Wave:
    wave_id: str
    starts_on: date
    ends_on: date

    def has(self, day: date) -> bool:
        return self.starts_on <= day <= self.ends_on


@dataclass(frozen=True, slots=True)
class World:
    points: tuple[Point, ...]
    sms_sources: Mapping[str, str]
    booking_sources: Mapping[str, str]
    survey_source: str
    web_source: str
    digest_source: str
    waves: Mapping[str, Wave]
    services: Mapping[str, tuple[str, ...]]


def read_world(folders: Sequence[Path], on: date) -> World:
    """The points valid *on* a day; *folders* are united, so that a point registered later is there too."""
    tables = _Tables(folders, on)
    sources = tables.rows("sources")
    shared = {row["collection_mode"]: row["source"] for row in tables.rows("sources", dated=False)}
    holidays = frozenset(date.fromisoformat(row["holiday_date"]) for row in tables.rows("holidays"))
    return World(
        points=tuple(_point(row, tables, sources, holidays) for row in tables.rows("service_points")),
        sms_sources=_by_agency(sources, "sms"),
        booking_sources=_by_agency(sources, "booking"),
        survey_source=shared["survey"],
        web_source=shared["web"],
        digest_source=shared["social_digest"],
        waves={
            kind: Wave(row["wave_id"], date.fromisoformat(row["starts_on"]), date.fromisoformat(row["ends_on"]))
            for kind in ("customer", "interviews", "staff", "wider")
            for row in tables.rows("waves")
            if row["wave_id"].startswith(kind)
        },
        services=_services(tables),
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

    kinds = {other["device_id"]: other["device_kind"] for other in own("devices")}
    wave_sources = [other for other in tables.rows("sources", dated=False) if other["cadence"] == "wave"]
    installed = {
        _kind(other, kinds): other["source"]
        for other in (*sources, *wave_sources)
        if other["service_point_id"] == identity
    }
    return Point(
        service_point_id=identity,
        size_class=row["size_class"],
        region_code=row["region_code"],
        municipality_code=row["municipality_code"],
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
        installed=installed,
        stops={int(other["weekday"]): other["stop_id"] for other in own("stops")},
        stop_hours={
            int(other["weekday"]): (seconds_of_day(other["opens_at"]), seconds_of_day(other["closes_at"]))
            for other in own("stops")
        },
    )


def _kind(source: dict[str, str], device_kinds: Mapping[str, str]) -> str:
    """What a source is: the mode of feedback, the kind of a session device, queue or display, or its name."""
    *_, folder, name = source["source"].split("/")
    if source["family"] == "feedback":
        return source["collection_mode"]
    if source["family"] == "session":
        return device_kinds[name]
    return folder if source["family"] == "queue" else name


def _services(tables: _Tables) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for row in tables.rows("services"):
        found[row["agency_code"]] = (*found.get(row["agency_code"], ()), row["service_code"])
    return found


def _by_agency(sources: list[dict[str, str]], kind: str) -> dict[str, str]:
    """Sources such as /agencies/<code>/sms, by agency code."""
    return {
        row["source"].split("/")[2]: row["source"]
        for row in sources
        if row["source"].startswith("/agencies/") and row["source"].endswith(f"/{kind}")
    }
