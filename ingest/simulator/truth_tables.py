"""Truth row by row: sessions, contacts, incidents, counts, corrections, clocks, hours."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple
from datetime import UTC, date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from infra.months import Month
from ingest.simulator.events import Fault, local_day_start
from ingest.simulator.faults import Planted
from ingest.simulator.messages import ALIVE, Records
from ingest.simulator.monthly import Monthly
from ingest.simulator.parameters import Scenario
from ingest.simulator.run import DayOfPoint
from ingest.simulator.sessions import Session
from ingest.simulator.truth import UNMEASURED
from ingest.simulator.world import Point, World, days

Row = Sequence[object]
Rows = Iterable[Row]
HOUR = 3600


def tables(
    happened: list[DayOfPoint],
    records: list[Records],
    planted: Planted,
    monthly: Monthly,
    world: World,
    months: list[Month],
    scenario: Scenario,
) -> Iterator[tuple[str, tuple[str, ...], Rows]]:
    """Name of the file, its columns, its rows."""
    zone = scenario.time_zone
    yield "sessions", SESSION_COLUMNS, _sessions(happened)
    yield "contacts", CONTACT_COLUMNS, _contacts(happened)
    yield "incidents", INCIDENT_COLUMNS, _incidents(happened, records, zone)
    yield "complaints", COMPLAINT_COLUMNS, (astuple_with_month(row) for row in monthly.complaints)
    yield "invitations", INVITATION_COLUMNS, (astuple_with_month(row) for row in monthly.invitations)
    yield "staff_answers", STAFF_COLUMNS, ((row.agency, row.item, *row.counts) for row in monthly.staff_answers)
    yield (
        "corrections",
        CORRECTION_COLUMNS,
        ((*astuple(row)[:-1], _local(row.corrected_at, zone)) for row in planted.corrections),
    )
    yield "devices", DEVICE_COLUMNS, _devices(planted, world, scenario)
    yield "hours", HOUR_COLUMNS, _hours(world, months, planted.faults, zone)


SESSION_COLUMNS = (
    "service_point_id", "period", "kind", "agency", "session_count", "minutes", "connection_seconds",
    "interpreted_count", "help_requested_count", "help_arrived_count", "help_seconds", "fault_count",
    "managing_alone_count",
)  # fmt: skip
CONTACT_COLUMNS = (
    "service_point_id", "period", "agency", "matter_code", "contact_count", "customer_initiated_count",
    "logged_count", "logged_customer_initiated_count",
)  # fmt: skip
INCIDENT_COLUMNS = (
    "service_point_id", "incident_key", "incident_type", "severity", "occurred_at", "resolved_at", "by_guards",
    "by_staff",
)  # fmt: skip
COMPLAINT_COLUMNS = ("agency", "overseer", "period", "lodged_count", "statement_count", "is_reported")
INVITATION_COLUMNS = ("service_point_id", "agency", "period", "served_count", "invited_count", "answered_count")
STAFF_COLUMNS = ("agency", "item_code", "count_1", "count_2", "count_3", "count_4", "count_5")
CORRECTION_COLUMNS = (
    "kind", "event_id", "source", "service_point_id", "correction_id", "field", "sent_value", "right_value", "reason",
    "who_role", "corrected_at",
)  # fmt: skip
DEVICE_COLUMNS = (
    "source", "service_point_id", "time_precision", "clock_offset_seconds", "is_offset_told", "starts_at", "ends_at",
)  # fmt: skip
HOUR_COLUMNS = ("service_point_id", "source", "hour_starts_at", "opening_minutes", "state")


def astuple_with_month(row: object) -> Row:
    return tuple(f"{cell}-01" if isinstance(cell, Month) else cell for cell in _shallow(row))


def _shallow(row: object) -> Iterator[object]:
    return (getattr(row, name) for name in row.__slots__)  # type: ignore[attr-defined]


def _sessions(happened: list[DayOfPoint]) -> Iterator[Row]:
    groups: dict[tuple[str, ...], list[Session]] = {}
    for day in happened:
        for session in day.sessions:
            key = (day.point.service_point_id, f"{day.day:%Y-%m}-01", session.kind, session.agency)
            groups.setdefault(key, []).append(session)
    for group, sessions in sorted(groups.items(), key=str):
        helped = [s for s in sessions if s.help_requested_at is not None]
        yield (
            *group, len(sessions), round(sum(s.ended_at - s.started_at for s in sessions) / 60, 2),
            sum(s.connected_at - s.started_at for s in sessions if s.connected_at is not None),
            sum(s.has_interpreter for s in sessions), len(helped), sum(s.help_arrived_at is not None for s in helped),
            sum(s.help_arrived_at - s.help_requested_at for s in helped if s.help_arrived_at and s.help_requested_at),
            sum(s.fault_at is not None for s in sessions), sum(s.would_manage_alone for s in sessions),
        )  # fmt: skip


def _contacts(happened: list[DayOfPoint]) -> Iterator[Row]:
    rows = sorted(
        (
            (day.point.service_point_id, f"{day.day:%Y-%m}-01", contact.agency, contact.matter, contact)
            for day in happened
            for contact in day.contacts
        ),
        key=lambda row: row[:4],
    )
    for key, group in groupby(rows, key=lambda row: row[:4]):
        contacts = [row[4] for row in group]
        logged = [contact for contact in contacts if contact.is_logged]
        yield (
            *key, len(contacts), sum(c.is_customer_initiated for c in contacts), len(logged),
            sum(c.is_customer_initiated for c in logged),
        )  # fmt: skip


def _incidents(happened: list[DayOfPoint], records: list[Records], zone: ZoneInfo) -> Iterator[Row]:
    for day, of_day in zip(happened, records, strict=True):
        start = local_day_start(day.day, zone)
        for incident, key in zip(day.incidents, of_day.incident_keys, strict=True):
            at, after = start + incident.at, incident.resolved_after
            yield (
                day.point.service_point_id, key, incident.incident_type, incident.severity,
                _local(at, zone), "" if after is None else _local(at + after, zone),
                incident.by_guards, incident.by_staff,
            )  # fmt: skip


def _devices(planted: Planted, world: World, scenario: Scenario) -> Iterator[Row]:
    """Every device; one whose clock was wrong has the span in which it was."""
    wrong = {clock.source: clock for clock in planted.clocks}
    for point, source in _alive(world):
        precision = "hour" if source in scenario.faults["hour_precision"] else "second"
        clock = wrong.get(source)
        told: Row = (0, "", "", "")
        if clock is not None:
            span = (_local(instant, scenario.time_zone) for instant in (clock.starts_at, clock.ends_at))
            told = (clock.offset_seconds, clock.is_told, *span)
        yield (source, point.service_point_id, precision, *told)


def _hours(world: World, months: list[Month], faults: list[Fault], zone: ZoneInfo) -> Iterator[Row]:
    """Each hour in which a point is usually open: closed that day, silent (nothing readable sent), or measured."""
    silent = [(fault.source, fault.starts_at, fault.ends_at) for fault in faults if fault.kind in UNMEASURED]
    for point, source in _alive(world):
        spans = [(starts_at, ends_at) for of, starts_at, ends_at in silent if of == source]
        for month in months:
            for day in days(month):
                for hour, minutes, is_open in _hours_of(point, day, zone):
                    is_silent = any(starts_at <= hour < ends_at for starts_at, ends_at in spans)
                    state = "closed" if not is_open else "silent" if is_silent else "measured"
                    yield (point.service_point_id, source, _utc(hour), minutes, state)


def _hours_of(point: Point, day: date, zone: ZoneInfo) -> Iterator[tuple[int, int, bool]]:
    opening = point.opening(day)
    span = opening or point.hours.get(day.isoweekday())
    if span is None:
        return
    start = local_day_start(day, zone)
    for hour in range(span[0] // HOUR * HOUR, span[1], HOUR):
        yield start + hour, (min(hour + HOUR, span[1]) - max(hour, span[0])) // 60, opening is not None


def _alive(world: World) -> Iterator[tuple[Point, str]]:
    for point in world.points:
        for installed, _ in ALIVE:
            if installed in point.installed:
                yield point, point.installed[installed]


def _local(instant: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(instant, zone).isoformat()


def _utc(instant: int) -> str:
    return f"{datetime.fromtimestamp(instant, UTC):%Y-%m-%dT%H:%M:%SZ}"
