"""Four months in which points, agencies and opening hours change: the first quarter of 2027 and the April after it."""

from datetime import date, timedelta

from hand_made_landing import add, add_team, answer, ticket

YEAR, MONTHS = 2027, (1, 2, 3, 4)
NAMES = {"name_fi": "x", "name_sv": "x", "name_en": "x"}
EVER = {"valid_from": "2026-01-01"}
# A point and its places: (from, to, size class, region, municipality, host, team).
PLACES = {
    "region_changes": [
        ("2026-01-01", "2027-02-10", "M", "06", "837", "city"),
        ("2027-02-10", None, "M", "10", "837", "city"),
    ],
    "size_changes": [
        ("2026-01-01", "2027-02-10", "S", "06", "837", "city"),
        ("2027-02-10", None, "M", "06", "837", "city"),
    ],
    "host_changes": [
        ("2026-01-01", "2027-02-10", "S", "06", "837", "city"),
        ("2027-02-10", None, "S", "06", "837", "state"),
    ],
    # Its municipality is merged into one of another region at the turn of the quarter's last month.
    "merged": [
        ("2026-01-01", "2027-03-01", "XS", "19", "047", "town"),
        ("2027-03-01", None, "XS", "10", "491", "city"),
    ],
    "team_changes": [("2026-01-01", None, "XS", "19", "698", "city")],
    "steady": [("2026-01-01", None, "L", "19", "698", "city")],
}
TEAMS = {
    "team_changes": [("lapland", "2026-01-01", "2027-02-10"), ("north", "2027-02-10", None)],
    "steady": [("lapland", "2026-01-01", None)],
}
PRESENCES = [
    ("steady", "kela", "2026-01-01", None),
    ("steady", "vero", "2027-02-01", None),  # arrives
    ("steady", "poliisi", "2026-01-01", "2027-02-01"),  # leaves
    ("steady", "te_office", "2026-01-01", None),
]


def reference(connection):
    for region in ("06", "10", "19"):
        add(connection, "reference.region", region_code=region, **NAMES, **EVER)
    for agency in ("kela", "vero", "poliisi"):
        add(connection, "reference.agency", agency_code=agency, **NAMES, **EVER)
    ended = {"successor_code": "municipality", "valid_from": "2020-01-01", "valid_to": "2027-02-10"}
    add(connection, "reference.agency", agency_code="te_office", **NAMES, **ended)
    add(connection, "reference.agency", agency_code="municipality", **NAMES, **EVER)
    for point, places in PLACES.items():
        for valid_from, valid_to, size_class, region, municipality, host in places:
            place = {"size_class": size_class, "region_code": region, "municipality_code": municipality, "host": host}
            dates = {"valid_from": valid_from, "valid_to": valid_to}
            add(connection, "reference.service_point", service_point_id=point, **NAMES, **place, **dates)
        _add_hours_and_sources(connection, point)
    for point, teams in TEAMS.items():
        for team_id, valid_from, valid_to in teams:
            add_team(connection, team_id, point, valid_from, valid_to)
    for point, agency, valid_from, valid_to in PRESENCES:
        dates = {"valid_from": valid_from, "valid_to": valid_to}
        add(connection, "reference.presence", service_point_id=point, agency_code=agency, **dates)
    for raw_value, score in (("1", 1), ("5", 5)):
        label = {"label_fi": raw_value, "label_sv": raw_value, "label_en": raw_value}
        add(connection, "reference.scale_value", scale_code="faces_5", raw_value=raw_value, score=score, **label)
    _add_targets(connection)


def _add_hours_and_sources(connection, point):
    hours = {"service_point_id": point}
    shorter = {"valid_from": "2027-02-10", "opens_at": "10:00", "closes_at": "12:00"}
    longer = {"valid_from": "2026-01-01", "valid_to": "2027-02-10", "opens_at": "08:00", "closes_at": "16:00"}
    for weekday in range(1, 6):
        for row in (longer, shorter):
            add(connection, "reference.opening_hours", **hours, weekday=weekday, **row)
    source = {"service_point_id": point, "cadence": "continuous", "owner": "vendor", **EVER}
    add(connection, "reference.source", source=f"/points/{point}/queue", family="queue", **source)
    device = {"source": f"/points/{point}/device", "family": "feedback", "collection_mode": "device"}
    add(connection, "reference.source", **device, **source)


def _add_targets(connection):
    median = {"metric_id": "queue_time_median", "parameter": "target"}
    rows = [
        {"value": 20, "status": "agreed", "valid_from": "2027-01-01"},
        {"size_class": "L", "value": 15, "status": "indicative_baseline", "valid_from": "2027-02-01"},
        {"service_point_id": "steady", "value": 10, "status": "agreed", "valid_from": "2027-03-01"},
        {"service_point_id": "merged", "value": None, "status": "not_set", "valid_from": "2027-01-01"},
    ]
    for row in rows:
        add(connection, "reference.target", **median, **row)


def events():
    """A walk-in of each point on every weekday of January to April, who waits for as many minutes as the month has."""
    made = []
    for point in PLACES:
        for day in days():
            key, issued = f"{point}-{day}", f"{day}T11:00:00+02:00"
            steps = [("called", 60 * day.month), ("service_started", 60 * day.month + 30), ("service_ended", 900)]
            steps[-1] = ("service_ended", 900, {"end_state": "completed"})
            agency = {"steady": _agency_of(day)}.get(point, "kela")
            made += ticket(point, key, *steps, issued=issued, agency=agency, visit_key=key)
    made += [answer("steady", f"{day}T11:30:00+02:00", "5", scale="faces_5") for day in days()]
    return made


def _agency_of(day):
    """Mondays' customers come for the employment office, those of Tuesdays for the agency that comes or goes."""
    return {1: "te_office", 2: "poliisi" if day < date(2027, 2, 1) else "vero"}.get(day.isoweekday(), "kela")


def days():
    first = date(YEAR, 1, 1)
    found = (first + timedelta(days=number) for number in range(120))
    return [day for day in found if day.isoweekday() <= 5]
