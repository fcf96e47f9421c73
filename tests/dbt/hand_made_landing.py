"""A small October made by hand: reference rows, and landing rows whose results can be worked out on paper."""

import json
import uuid
from datetime import UTC, datetime, timedelta

from psycopg import sql

from infra import database

POINTS = {
    # point: (size class, region, weekdays open from 08:00 to 16:15)
    "rules": ("M", "10", range(1, 6)),
    "aml_maintained": ("S", "10", range(1, 6)),
    "aml_nonmaintained": ("S", "06", range(1, 6)),
    "flat": ("S", "06", range(1, 6)),
    "leavers": ("S", "06", range(1, 6)),
    "days": ("L", "10", range(1, 6)),
    "booked": ("L", "19", range(1, 6)),
    "moved": ("XS", "10", range(1, 6)),
    "dead": ("XS", "19", range(1, 6)),
    "shut": ("XS", "19", ()),
    "empty": ("XS", "19", range(1, 6)),
    "survey_only": ("XS", "19", ()),
    "night": ("XS", "19", ()),
}
FACES = {"1": 1, "2": 2, "3": 4, "4": 5}


def add(connection, table, **values):
    columns = sql.SQL(", ").join(map(sql.Identifier, values))
    marks = sql.SQL(", ").join(sql.Placeholder() * len(values))
    name = sql.Identifier(*table.split("."))
    statement = sql.SQL("insert into {} ({}) values ({})").format(name, columns, marks)
    connection.execute(statement, list(values.values()))


def source_of(point, family="queue"):
    return f"/points/{point}/{family}"


def add_reference(connection):
    names = {"name_fi": "x", "name_sv": "x", "name_en": "x"}
    since = {"valid_from": "2026-01-01"}
    for region in ("06", "10", "19"):
        add(connection, "reference.region", region_code=region, **names, **since)
    for agency in ("kela", "vero"):
        add(connection, "reference.agency", agency_code=agency, **names, **since)
    for point, (size_class, region, weekdays) in POINTS.items():
        add_point(connection, point, size_class, region, weekdays)
    for point in POINTS:
        if point not in ("moved", "night"):
            add_team(connection, "south" if point < "f" else "north", point, "2026-01-01")
    add_team(connection, "south", "moved", "2026-01-01", "2026-10-20")
    add_team(connection, "north", "moved", "2026-10-20")
    for raw_value, score in FACES.items():
        add_scale_value(connection, "faces_4", raw_value, score)
    for score in range(1, 6):
        add_scale_value(connection, "rating_5", str(score), score)
    for raw_value in ("yes", "no"):
        add_scale_value(connection, "yes_no", raw_value, None)
    add(connection, "reference.holiday", holiday_date="2026-10-02", **names)
    exception = {"service_point_id": "days", "reason": "training"}
    add(connection, "reference.opening_exception", exception_date="2026-10-05", **exception)
    add(
        connection,
        "reference.opening_exception",
        exception_date="2026-10-06",
        opens_at="10:00",
        closes_at="12:00",
        **exception,
    )
    for wave_id, population in (("w", "customers"), ("wider", "wider_sample")):
        wave = {"wave_id": wave_id, "population": population, "starts_on": "2026-10-05", "ends_on": "2026-10-23"}
        add(connection, "reference.wave", **wave)
    ended = {"successor_code": "te", "valid_from": "2020-01-01", "valid_to": "2026-10-10"}
    add(connection, "reference.agency", agency_code="te_office", **names, **ended)
    add(connection, "reference.agency", agency_code="te", **names, valid_from="2025-01-01")
    target = {"metric_id": "queue_time_within_target_share", "parameter": "target_seconds", "status": "not_set"}
    add(connection, "reference.target", **target, value=30, valid_from="2026-10-13")
    strict = {"service_point_id": "aml_nonmaintained", "value": 60, "valid_from": "2026-10-15"}
    add(connection, "reference.target", **target, **strict)
    survey = {"source": "/surveys/w", "family": "feedback", "collection_mode": "survey", "cadence": "wave"}
    add(connection, "reference.source", **survey, owner="team", **since)
    for agency, point in (("kela", "booked"), ("vero", "aml_maintained")):
        calls = {"source": f"/agencies/{agency}/interviews", "family": "feedback", "collection_mode": "interview"}
        add(
            connection, "reference.source", **calls, owner=agency, service_point_id=point, cadence="continuous", **since
        )
    booking = {"source": "/agencies/kela/booking", "family": "booking", "cadence": "continuous", "owner": "kela"}
    add(connection, "reference.source", **booking, **since)


def add_point(connection, point, size_class, region, weekdays):
    names = {"name_fi": point, "name_sv": point, "name_en": point, "size_class": size_class}
    moved_on = "2026-10-15" if point == "moved" else None
    place = {"service_point_id": point, **names}
    add(connection, "reference.service_point", **place, region_code=region, valid_from="2026-01-01", valid_to=moved_on)
    if moved_on:
        add(connection, "reference.service_point", **place, region_code="06", valid_from=moved_on)
    add(connection, "reference.presence", service_point_id=point, agency_code="kela", valid_from="2026-01-01")
    hours = {"service_point_id": point, "valid_from": "2026-01-01"}
    for weekday in weekdays:
        add(connection, "reference.opening_hours", **hours, weekday=weekday, opens_at="08:00", closes_at="16:15")
    if point == "night":
        add(connection, "reference.opening_hours", **hours, weekday=7, opens_at="02:00", closes_at="05:00")
    if point == "shut":
        add(connection, "reference.opening_hours", **hours, weekday=1, opens_at="08:00", closes_at="16:15")
        for monday in ("2026-10-05", "2026-10-12", "2026-10-19", "2026-10-26"):
            exception = {"exception_date": monday, "reason": "renovation"}
            add(connection, "reference.opening_exception", service_point_id=point, **exception)
    if point not in ("empty", "survey_only"):
        system = {"source": source_of(point), "family": "queue", "service_point_id": point, "cadence": "continuous"}
        add(connection, "reference.source", **system, owner="vendor", valid_from="2026-01-01")
    if point in ("days", "moved", "dead", "night"):
        device = {"source": source_of(point, "device"), "family": "feedback", "collection_mode": "device"}
        place = {"service_point_id": point, "cadence": "continuous", "owner": "vendor"}
        add(connection, "reference.source", **device, **place, valid_from="2026-01-01")


def add_team(connection, team_id, point, valid_from, valid_to=None):
    team = {"team_id": team_id, "name_fi": "x", "name_sv": "x", "name_en": "x", "service_point_id": point}
    add(connection, "reference.team", **team, valid_from=valid_from, valid_to=valid_to)


def add_scale_value(connection, scale_code, raw_value, score):
    labels = {"label_fi": raw_value, "label_sv": raw_value, "label_en": raw_value}
    add(connection, "reference.scale_value", scale_code=scale_code, raw_value=raw_value, score=score, **labels)


def instant(text):
    """An instant from ISO text; without an offset it is local time of the summer half of October."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else datetime.fromisoformat(f"{text}+03:00")


def event(
    event_type, point, at, source=None, received_at=None, precision="second", offset_minutes=180, event_id=None, **data
):
    """One row of landing.event; received two seconds after it happened unless told otherwise."""
    family = event_type.split(".")[0]
    occurred_at = instant(at) if isinstance(at, str) else at
    received = instant(received_at) if received_at else occurred_at + timedelta(seconds=2)
    return {
        "event_key": uuid.uuid4(),
        "event_id": event_id or uuid.uuid4().hex,
        "source": source or source_of(point, "device" if family in ("feedback", "device") else family),
        "event_type": event_type,
        "contract": f"{event_type}.v1",
        "service_point_id": point,
        "time_precision": precision,
        "utc_offset_minutes": offset_minutes,
        "is_future": occurred_at - received > timedelta(minutes=10),
        "kafka_partition": 0,
        "kafka_offset": 0,
        "occurred_at": occurred_at,
        "received_at": received,
        "stored_at": datetime.now(UTC),
        "data": json.dumps(data),
    }


def ticket(
    point, key, *steps, issued="2026-10-01 09:00:00", access="walk_in", purpose="service", agency="kela", **data
):
    """The events of one ticket; a step is (event, seconds after issue) or (event, seconds, fields)."""
    issued_at = instant(issued)
    issue = {"ticket_key": key, "queue_code": "a", "agency": agency, "access": access, "purpose": purpose, **data}
    events = [event("queue.ticket_issued", point, issued_at, **issue)]
    for name, seconds, *fields in steps:
        moment = issued_at + timedelta(seconds=seconds)
        payload = {"ticket_key": key, **(fields[0] if fields else {})}
        if name == "ticket_issued":
            payload = {**issue, **payload}
        events.append(event(f"queue.{name}", point, moment, **payload))
    return events


def answer(
    point, at, raw_value="4", question="overall", scale="faces_4", mode="device", agency=None, wave_id=None, **changes
):
    """One answer sheet with one answer, by default four of four faces."""
    given = {"question_code": question, "question_version": 1, "scale_code": scale, "raw_value": raw_value}
    known = {name: value for name, value in (("agency", agency), ("wave_id", wave_id)) if value}
    data = {"mode": mode, "answers": [given], **known}
    return event("feedback.given", point, at, **data, **changes)


def write(settings, events, reference=add_reference, year=2026, months=(8, 9, 10, 11, 12)):
    with database.connect(settings) as connection:
        reference(connection)
        events = list(events)
        days = {f"{year}-{month:02}-15" for month in months} | {f"{row['received_at']:%Y-%m}-15" for row in events}
        for day in sorted(days):
            connection.execute("select landing.create_month(%s::timestamptz)", (day,))
        for row in events:
            add(connection, "landing.event", **row)
