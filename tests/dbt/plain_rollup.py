"""Any cell of the rollup once more: the components that belong to it, picked one by one and summed in plain Python."""

from calendar import monthrange
from fractions import Fraction

SECONDS_OF_UNIT = {"minutes": 60, "hours": 3600, "days": 86400}


class Places:
    """Where each service point was on a day, from the rows of reference."""

    def __init__(self, points, teams):
        self.points, self.teams = points, teams

    def of(self, row):
        """The level_id that a component has at each level; None where it has none."""
        point = as_of(self.points, row["service_point_id"], row["opening_date"])
        team = as_of(self.teams, row["service_point_id"], row["opening_date"])
        agency = None if row["agency_code"] == "not_attributable" else row["agency_code"]
        return {
            "service_point": row["service_point_id"],
            "point_agency": f"{row['service_point_id']}/{agency}" if row["service_point_id"] and agency else None,
            "team_area": team and team["team_id"],
            "region": point and point["region_code"],
            "size_class": point and point["size_class"],
            "agency": agency,
            "national": "national",
        }


def as_of(dated, point, day):
    for row in dated:
        is_valid = row["valid_from"] <= day and (row["valid_to"] is None or day < row["valid_to"])
        if row["service_point_id"] == point and is_valid:
            return row
    return None


def part_of(row, breakdown):
    if breakdown == "total":
        return "total"
    if breakdown == "weekday":
        return str(row["opening_date"].isoweekday())
    if breakdown == "agency":
        return row["agency_code"]
    return "not_known" if row[breakdown] is None else str(row[breakdown])


def components_of(cell, rows, places, months):
    """The *rows* of *cell*, of those of its metric version that are in *months* (first days)."""
    return [
        row
        for row in rows
        if row["collection_mode"] == cell["collection_mode"]
        and row["opening_date"].replace(day=1) in months
        and places.of(row)[cell["level"]] == cell["level_id"]
        and part_of(row, cell["breakdown"]) == cell["breakdown_value"]
    ]


def value_of(rows, metric):
    """The value of *metric* (its yml's meta) over components, exactly; None without one."""
    numerator = sum((Fraction(row["numerator"]) for row in rows), Fraction(0))
    denominator = sum((Fraction(row["denominator"] or 0) for row in rows), Fraction(0))
    if metric.statistic == "count":
        return numerator
    if metric.statistic == "sum":
        months = {row["opening_date"].replace(day=1) for row in rows}
        days = sum(monthrange(month.year, month.month)[1] for month in months)
        return numerator * 7 / days if metric.unit == "hours_per_week" and days else numerator
    if metric.statistic == "km_quantile":
        return quantile(rows, Fraction(str(metric.quantile))) / SECONDS_OF_UNIT[metric.unit]
    return None if denominator == 0 else numerator / denominator * (metric.per or 1)


def quantile(rows, wanted):
    """Kaplan-Meier in exact fractions; the middle of a stretch that lies on the quantile; else the longest duration."""
    ended, at_risk = {}, Fraction(0)
    for row in rows:
        both = ended.setdefault(row["duration_seconds"], [Fraction(0), Fraction(0)])
        both[0] += Fraction(row["numerator"])
        both[1] += Fraction(row["denominator"])
        at_risk += Fraction(row["denominator"])
    surviving, on_level = Fraction(1), None
    for seconds in sorted(ended):
        called, gone = ended[seconds]
        if called:
            surviving *= 1 - called / at_risk
            if on_level is not None:
                return Fraction(on_level + seconds, 2)
            if surviving < 1 - wanted:
                return Fraction(seconds)
            if surviving == 1 - wanted:
                on_level = seconds
        at_risk -= gone
    return Fraction(max(ended)) if on_level is None else Fraction(on_level + max(ended), 2)
