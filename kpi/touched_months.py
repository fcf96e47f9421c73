"""Find the months that no longer are what a build would make of them: which, and why."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import psycopg
from psycopg import sql
from psycopg.rows import class_row

from infra.months import Month
from infra.settings import ROOT, Settings
from kpi import definitions

# A ticket or a session that began longer before an event of it is not looked for.
LONGEST_STAY_DAYS = 31

LATEST_BUILDS = """
    select distinct on (month)
        month, stage, cutoff, is_open, built_at, landed_before, month_reference_digest, definitions_digest
    from ops.build
    where stage in ('marts', 'metrics')
    order by month, build_id desc
"""
FINAL_RELEASES = """
    select distinct on (month) month, cutoff from publish.release where status = 'final' order by month, vintage desc
"""
# Rows of a transaction that has not ended are not seen by a build, though they may be stored earlier than it began.
LANDED_BEFORE = """
    select least(now(), min(xact_start))
    from pg_stat_activity
    where datname = current_database() and backend_xid is not null and pid <> pg_backend_pid()
"""
ARRIVED_BEFORE = "select greatest(now(), %s + interval '1 second')"
LANDING_MONTHS = """
    select relname from pg_inherits inner join pg_class on pg_class.oid = inhrelid
    where inhparent = 'landing.event'::regclass order by relname desc
"""
LAST_RECEIVED = "select max(received_at) from landing.{}"
CHECKED_BEFORE = "select max(landed_before) from ops.build_check"
# Bookings are made for months that have not begun; when such a month begins they are long stored.
BOOKED = """
    select months.month from unnest(%s::date[]) as months (month)
    where exists (
        select from landing.event
        where event_type in ('booking.created', 'booking.changed')
            and data ->> 'slot_start' >= cast(months.month - 1 as text)
            and data ->> 'slot_start' < cast(cast(months.month + interval '1 month 1 day' as date) as text)
            and date_trunc('month', (data ->> 'slot_start')::timestamptz at time zone %s) = months.month
    )
"""
DBT_PROJECT = ROOT / "dbt"
# By month that a row may be about: how many rows stored since, the last of them, the first of them by receipt.
TOUCHED = (ROOT / "kpi" / "touched_months.sql").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Build:
    month: date
    stage: str
    cutoff: datetime
    is_open: bool
    built_at: datetime | None
    landed_before: datetime | None
    month_reference_digest: str | None
    definitions_digest: str | None


@dataclass(frozen=True, slots=True)
class Due:
    """The months to build with the reason of each, and those that something is about that have not begun."""

    reasons: dict[Month, str]
    not_begun: list[Month]


def final_releases(connection: psycopg.Connection) -> dict[Month, datetime]:
    return {Month(month): cutoff for month, cutoff in connection.execute(FINAL_RELEASES)}


def landed_before(connection: psycopg.Connection) -> datetime:
    return _one(connection, LANDED_BEFORE)


def arrived_before(connection: psycopg.Connection) -> datetime:
    """An instant that all that was received is before; found in the last month of landing that has a row."""
    last = None
    for (month,) in connection.execute(LANDING_MONTHS).fetchall():
        (last,) = connection.execute(sql.SQL(LAST_RECEIVED).format(sql.Identifier(month))).fetchone() or (None,)
        if last:
            break
    (instant,) = connection.execute(ARRIVED_BEFORE, (last,)).fetchone() or (None,)
    assert isinstance(instant, datetime)
    return instant


def reference_digests(connection: psycopg.Connection, months: list[Month]) -> dict[Month, str]:
    """A digest of the reference rows that hold in each month; names and texts are left out, no number rests on them."""
    first_days = [month.first_day for month in months]
    digests = {month: hashlib.sha256() for month in months}
    for table, columns in _reference_tables(connection).items():
        query = sql.SQL(
            "select month, md5(coalesce(string_agg(content, '|' order by content collate \"C\"), ''))"
            " from unnest(%s::date[]) as months (month) left join lateral ({}) as contents on true group by month"
        ).format(_rows_of_month(table, columns))
        for month, digest in connection.execute(query, (first_days,)):
            digests[Month(month)].update(f"{table} {digest}\n".encode())
    return {month: digest.hexdigest() for month, digest in digests.items()}


def due(settings: Settings, connection: psycopg.Connection, *, is_all: bool = False) -> Due:
    """The months to build, each with the reason; all that have events when *is_all*, but none that has not begun."""
    last = Month(arrived_before(connection).astimezone(settings.deployment.time_zone).date().replace(day=1))
    found = connection.cursor(row_factory=class_row(Build)).execute(LATEST_BUILDS)
    builds = {Month(build.month): build for build in found if Month(build.month) <= last}
    released = final_releases(connection)
    touched = _touched(settings, connection, builds, released, is_all=is_all) | _booked(
        settings, connection, builds, last
    )
    not_begun = sorted(month for month in touched if month > last)
    touched = {month: reason for month, reason in touched.items() if month <= last}
    if is_all:
        return Due(dict.fromkeys(sorted({*touched, *builds}), "all months"), not_begun)
    digests = reference_digests(connection, sorted(builds))
    models = definitions.digest(DBT_PROJECT)
    reasons = {
        month: reason
        for month, build in builds.items()
        if (reason := _stale(build, digests[month], models, released.get(month)))
    }
    return Due(dict(sorted((reasons | touched).items())), not_begun)


def _stale(build: Build, reference_digest: str, models: str, released_at: datetime | None) -> str | None:
    if build.stage != "metrics" or build.built_at is None:
        return "its last build did not end"
    if build.definitions_digest != models:
        return "the models are not those of its last build"
    if build.month_reference_digest != reference_digest:
        return "reference data that hold in it have changed"
    if released_at is None and not build.is_open:
        return f"its last build counted what was received before {build.cutoff.isoformat()} only"
    if released_at is not None and released_at != build.cutoff:
        return "its last build has another cutoff than its final release"
    return None


def _touched(
    settings: Settings,
    connection: psycopg.Connection,
    builds: Mapping[Month, Build],
    released: Mapping[Month, datetime],
    *,
    is_all: bool,
) -> dict[Month, str]:
    """Months with events that their latest build may not have seen, and that count in them."""
    row = connection.execute(CHECKED_BEFORE).fetchone()
    checked = row[0] if row else None
    known = {
        month: max(build.landed_before, checked or build.landed_before)
        for month, build in builds.items()
        if build.landed_before and not is_all
    }
    rows = connection.execute(
        TOUCHED,
        {
            "since": min(known.values(), default=None),
            "time_zone": settings.deployment.time_zone.key,
            "longest_stay_days": LONGEST_STAY_DAYS,
            "months": [month.first_day for month in known],
            "landed_before": list(known.values()),
            "released_months": [month.first_day for month in released],
            "released_at": list(released.values()),
        },
    )
    return {
        Month(month): f"{count} events about it came{' since its last build' if Month(month) in known else ''}"
        for month, count in rows
    }


def _booked(
    settings: Settings, connection: psycopg.Connection, builds: Mapping[Month, Build], last: Month
) -> dict[Month, str]:
    """Months that have begun, were never built and have bookings; before the first build everything is looked at."""
    never_built, month = [], min(builds, default=last.next)
    while month <= last:
        never_built += [] if month in builds else [month.first_day]
        month = month.next
    rows = connection.execute(BOOKED, (never_built, settings.deployment.time_zone.key)) if never_built else ()
    return {Month(month): "it has begun, with bookings" for (month,) in rows}


def _reference_tables(connection: psycopg.Connection) -> dict[str, set[str]]:
    tables: dict[str, set[str]] = {}
    for table, column in connection.execute(
        "select table_name, column_name from information_schema.columns where table_schema = 'reference' order by 1"
    ):
        tables.setdefault(table, set()).add(column)
    return {table: columns for table, columns in tables.items() if table != "code_label"}


def _rows_of_month(table: str, columns: set[str]) -> sql.Composed:
    """The content of the rows of *table* that hold in the month, cut to it."""
    named = sql.SQL(" - ").join(
        [
            sql.SQL("to_jsonb(rows)"),
            *(sql.Literal(name) for name in sorted(columns) if name.startswith(("name_", "label_", "text_"))),
        ]
    )
    content: sql.Composable = named
    condition: sql.Composable = sql.SQL("true")
    if {"valid_from", "valid_to"} <= columns:
        content = sql.SQL(
            "({}) - 'valid_from' - 'valid_to' || jsonb_build_array(greatest(valid_from, month),"
            " least(coalesce(valid_to, 'infinity'), month + interval '1 month'))"
        ).format(named)
        condition = sql.SQL("valid_from < month + interval '1 month' and coalesce(valid_to, 'infinity') > month")
    for day in columns & {"holiday_date", "exception_date"}:
        condition = sql.SQL("date_trunc('month', {}) = month").format(sql.Identifier(day))
    return sql.SQL("select ({})::text as content from {} as rows where {}").format(
        content, sql.Identifier("reference", table), condition
    )


def _one(connection: psycopg.Connection, query: str) -> datetime:
    row = connection.execute(query).fetchone()
    assert row is not None, "an aggregate has a row"
    found: datetime = row[0]
    return found
