"""Points, agencies, hours and parameters as the dated reference rows say for a day."""

from datetime import date
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Europe/Helsinki")
TABLES = (
    "service_point",
    "team",
    "agency",
    "presence",
    "opening_hours",
    "opening_exception",
    "holiday",
    "source",
    "wave",
    "scale_value",
    "target",
    "clock_correction",
)


class Places:
    """The reference tables as lists of dictionaries, and what they say of a day."""

    def __init__(self, connection):
        self.tables = {table: rows_of(connection, f"reference.{table}") for table in TABLES}
        self.points = grouped(self.tables["service_point"], "service_point_id")
        self.teams = grouped(self.tables["team"], "service_point_id")
        self.agencies = grouped(self.tables["agency"], "agency_code")
        self.hours = grouped(self.tables["opening_hours"], "service_point_id")
        self.clock_corrections = grouped(self.tables["clock_correction"], "source")
        self.holidays = {row["holiday_date"] for row in self.tables["holiday"]}
        self.exceptions = {}
        for row in self.tables["opening_exception"]:
            self.exceptions.setdefault((row["service_point_id"], row["exception_date"]), []).append(row)
        self.scores = {(row["scale_code"], row["raw_value"]): row["score"] for row in self.tables["scale_value"]}
        self.waves = {row["wave_id"]: row for row in self.tables["wave"]}

    def point_on(self, point, day):
        """The row of a point valid on a day, or None."""
        return next((row for row in self.points.get(point, ()) if is_valid(row, day)), None)

    def team_on(self, point, day):
        """The team that a point belongs to on a day, or None."""
        return next((row["team_id"] for row in self.teams.get(point, ()) if is_valid(row, day)), None)

    def agency_on(self, code, day):
        """The agency that has the tasks of the one named: an agency that has ended is its successor."""
        if code is None:
            return "not_attributable"
        successor, seen = code, set()
        while successor in self.agencies and successor not in seen:
            seen.add(successor)
            rows = self.agencies[successor]
            if any(is_valid(row, day) for row in rows):
                return successor
            ended = [row for row in rows if row["valid_to"] and row["valid_to"] <= day and row["successor_code"]]
            if not ended:
                break
            successor = max(ended, key=lambda row: row["valid_to"])["successor_code"]
        return code

    def opening_on(self, point, day):
        """Opening times of a point on a day as (opens_at, closes_at); none on a holiday or by an exception."""
        exceptions = self.exceptions.get((point, day))
        if exceptions:
            return sorted((row["opens_at"], row["closes_at"]) for row in exceptions if row["opens_at"])
        if day in self.holidays:
            return []
        return sorted(
            (row["opens_at"], row["closes_at"])
            for row in self.hours.get(point, ())
            if row["weekday"] == day.isoweekday() and is_valid(row, day)
        )

    def target_on(self, metric, parameter, point, day, default):
        """A parameter of a metric: the row of the point before that of every point."""
        rows = [
            row
            for row in self.tables["target"]
            if row["metric_id"] == metric and row["parameter"] == parameter and is_valid(row, day)
        ]
        for wanted in (point, None):
            for row in rows:
                if row["service_point_id"] == wanted and row["value"] is not None:
                    return float(row["value"])
        return default


def is_valid(row, day):
    return row["valid_from"] <= day < (row["valid_to"] or date.max)


def rows_of(connection, table):
    cursor = connection.execute(f"select * from {table}")
    names = [column.name for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def grouped(rows, name):
    groups = {}
    for row in rows:
        groups.setdefault(row[name], []).append(row)
    return groups
