"""The metrics once more, in plain Python straight from the rows of landing and reference: no dbt, no SQL of ours."""

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import plain_answers
import plain_corrections
from plain_tickets import follow, join_chains
from psycopg.rows import dict_row

LONGEST_DAYS_TO_ANSWER = 92
METRICS = {
    *plain_answers.METRICS,
    *("abandonment_rate", "booked_on_time_share", "queue_time_median", "queue_time_within_target_share", "visits"),
}


class Books:
    """Numerator, denominator and (for the median) waits of each metric, point, agency, mode and day."""

    def __init__(self):
        self.sums = defaultdict(lambda: [0, 0])
        self.waits = defaultdict(Counter)

    def add(self, metric, point, agency, mode, day, numerator, denominator=1):
        sums = self.sums[metric, point, agency, mode, day]
        sums[0] += numerator
        sums[1] += denominator


def values(connection, month, zone, cutoff):
    """{(period, metric, level, level_id, mode): (value, numerator, denominator)} of *month* and the one before."""
    return rolled_up(*counted(connection, month, zone, cutoff))


def leaves(connection, month, zone, cutoff):
    """{(metric, point, agency, mode, day): (numerator, denominator)} of *month* and the one before, but for nothing."""
    world, books = counted(connection, month, zone, cutoff)
    return {leaf: tuple(sums) for leaf, sums in books.sums.items() if world.is_built(leaf[-1]) and any(sums)}


def counted(connection, month, zone, cutoff):
    world = World(connection, month, zone, cutoff)
    books = Books()
    tickets = join_chains([ticket for events in world.by_ticket().values() if (ticket := follow(world, events))])
    count_tickets(world, tickets, books)
    count_bookings(world, tickets, books)
    plain_answers.count_answers(world, books)
    return world, books


class World:
    def __init__(self, connection, month, zone, cutoff):
        self.zone, self.cutoff, self.month = zone, cutoff, month
        self.before = (month - timedelta(days=1)).replace(day=1)
        self.end = (month + timedelta(days=32)).replace(day=1)
        self.cutoff_before = datetime(month.year, month.month, 10, tzinfo=zone)
        cursor = connection.cursor(row_factory=dict_row)
        self.tables = {
            name: cursor.execute(f"select * from reference.{name}").fetchall()
            for name in (
                *("service_point", "agency", "target", "scale_value", "wave", "clock_correction"),
                *("opening_hours", "opening_exception", "holiday"),
            )
        }
        received = cursor.execute("select * from landing.event where received_at < %s", (cutoff,)).fetchall()
        self.events = plain_corrections.apply(self, received)

    def day(self, event):
        if event["time_precision"] == "day":
            offset = timedelta(minutes=event["utc_offset_minutes"])
            return (event["occurred_at"].astimezone(UTC) + offset).date()
        return event["occurred_at"].astimezone(self.zone).date()

    def day_of_visit(self, sheet):
        """The day that the answers of a sheet are about, if it tells one that can be; else its own."""
        answered_on = self.day(sheet)
        visited_on = date.fromisoformat(sheet["data"].get("visited_on") or str(answered_on))
        return visited_on if 0 <= (answered_on - visited_on).days <= LONGEST_DAYS_TO_ANSWER else answered_on

    def is_built(self, day):
        return self.before <= day < self.end

    def counts(self, event, day):
        """What came after the month before was final does not move that month."""
        return day >= self.month or event["received_at"] < self.cutoff_before

    def by_ticket(self):
        tickets = defaultdict(list)
        for event in self.events:
            if event["event_type"].startswith("queue.") and event["event_type"] != "queue.observed":
                tickets[event["data"]["ticket_key"]].append(event)
        for key, events in tickets.items():
            arrival = min(map(self.day, events))
            tickets[key] = [event for event in events if self.counts(event, arrival)]
        return tickets

    def as_of(self, table, column, code, day):
        for row in self.tables[table]:
            if row[column] == code and row["valid_from"] <= day and (row["valid_to"] is None or day < row["valid_to"]):
                return row
        return None

    def agency(self, code, day):
        """The agency that answers on *day* for what is sent under *code*."""
        if code is None:
            return "not_attributable"
        rows = [row for row in self.tables["agency"] if row["agency_code"] == code]
        ended = [row for row in rows if row["valid_to"] and row["valid_to"] <= day and row["successor_code"]]
        if ended and self.as_of("agency", "agency_code", code, day) is None:
            return self.agency(max(ended, key=lambda row: row["valid_to"])["successor_code"], day)
        return code

    def hours_at(self, point):
        """A function from two instants to the seconds between them, over a night those of the point's opening hours."""

        def seconds(start, end):
            days = [at.astimezone(self.zone).date() for at in (start, end)]
            if days[0] >= days[1]:
                return (end - start).total_seconds()
            span = [days[0] + timedelta(days=number) for number in range((days[1] - days[0]).days + 1)]
            opening = [self.opening(point, day) for day in span]
            if opening[0] is None or opening[-1] is None:
                return None
            overlaps = [min(closes, end) - max(opens, start) for each in opening for opens, closes in each or ()]
            return sum(max(overlap.total_seconds(), 0) for overlap in overlaps)

        return seconds

    def opening(self, point, day):
        """[(opens, closes)] of a day as instants; None where the hours of the point are not known."""
        rows = [row for row in self.tables["opening_hours"] if row["service_point_id"] == point]
        valid = [row for row in rows if row["valid_from"] <= day and (row["valid_to"] is None or day < row["valid_to"])]
        if not valid:
            return None
        at_point = [row for row in self.tables["opening_exception"] if row["service_point_id"] == point]
        found = [row for row in at_point if row["exception_date"] == day]
        is_holiday = any(row["holiday_date"] == day for row in self.tables["holiday"])
        weekly = [] if is_holiday else [row for row in valid if row["weekday"] == day.isoweekday()]
        return [
            tuple(datetime.combine(day, row[name], self.zone) for name in ("opens_at", "closes_at"))
            for row in found or weekly
            if row["opens_at"]
        ]

    def target(self, point, day):
        valid = [
            row
            for row in self.tables["target"]
            if (row["metric_id"], row["parameter"]) == ("queue_time_within_target_share", "target_seconds")
            and row["service_point_id"] in (None, point)
            and row["value"] is not None
            and row["valid_from"] <= day
            and (row["valid_to"] is None or day < row["valid_to"])
        ]
        return max(valid, key=lambda row: row["service_point_id"] is not None)["value"] if valid else 900


def count_tickets(world, tickets, books):
    first_of_visit = {}
    for ticket in sorted(tickets, key=lambda ticket: (ticket["arrived_at"], ticket["tie"])):
        if ticket["is_service"]:
            first_of_visit.setdefault((ticket["point"], ticket["visit"]), ticket)
    for ticket in first_of_visit.values():
        books.add("visits", ticket["point"], ticket["agency"], "queue_system", ticket["day"], 1, 0)
    for ticket in tickets:
        if not ticket["is_service"]:
            continue
        cell = (ticket["point"], ticket["agency"], "queue_system", ticket["day"])
        books.add("abandonment_rate", *cell, ticket["fate"] == "left")
        if ticket["access"] != "walk_in":
            continue
        if ticket["is_coarse"]:
            continue
        is_called = ticket["fate"] == "called" and ticket["wait"] is not None
        is_within = is_called and ticket["wait"] <= world.target(ticket["point"], ticket["day"])
        books.add("queue_time_within_target_share", *cell, is_within)
        if ticket["wait"] is not None:
            books.add("queue_time_median", *cell, is_called)
            books.waits["queue_time_median", *cell][ticket["wait"], is_called] += 1


def count_bookings(world, tickets, books):
    created = defaultdict(list)
    for event in world.events:
        if event["event_type"] in ("booking.created", "booking.changed"):
            created[event["data"]["booking_key"]].append(event)
    kept = set()
    arrived = [ticket for ticket in tickets if ticket["is_service"] and ticket["checked_in_at"] is not None]
    for ticket in sorted(arrived, key=lambda ticket: (ticket["checked_in_at"], ticket["key"])):
        known = [event for event in created[ticket["booking"]] if world.counts(event, ticket["day"])]
        if not known:
            continue
        booking = slot_in_force(known, ticket["checked_in_at"])
        slot = datetime.fromisoformat(booking["data"]["slot_start"])
        if (ticket["booking"], slot) in kept:
            continue
        kept.add((ticket["booking"], slot))
        if ticket["is_coarse"]:
            continue
        if ticket["checked_in_at"] - slot < timedelta(seconds=601):
            is_on_time = bool(ticket["called_at"]) and ticket["called_at"] - slot < timedelta(seconds=301)
            cell = (ticket["point"], ticket["agency"], "booking_system", ticket["day"])
            books.add("booked_on_time_share", *cell, is_on_time)


def slot_in_force(versions, at):
    """The latest version of a booking by then; the earliest where all of them are later."""
    earliest = min(version["occurred_at"] for version in versions)
    return max((one for one in versions if one["occurred_at"] <= max(at, earliest)), key=version)


def version(event):
    """Where a version of a booking stands among the others: a change is later than the making of the same moment."""
    number = event["data"].get("sequence", 0) if event["event_type"] == "booking.changed" else -1
    return event["occurred_at"], number, event["event_key"]


def rolled_up(world, books):
    sums, waits = defaultdict(lambda: [0, 0]), defaultdict(Counter)
    for leaf, (numerator, denominator) in books.sums.items():
        metric, point, agency, mode, day = leaf
        if not world.is_built(day):
            continue
        place = world.as_of("service_point", "service_point_id", point, day) or {}
        levels = {
            "service_point": point,
            "region": place.get("region_code"),
            "size_class": place.get("size_class"),
            "agency": None if agency == "not_attributable" else agency,
            "national": "national",
        }
        for level, level_id in levels.items():
            if level_id is not None:
                cell = (day.replace(day=1), metric, level, level_id, mode)
                sums[cell][0] += numerator
                sums[cell][1] += denominator
                waits[cell].update(books.waits[leaf])
    # Nothing to divide by: a quotient that is not there.
    known = {cell: both for cell, both in sums.items() if cell[1] != "open_feedback_ratio" or both[1]}
    return {cell: (value(cell, *both, waits[cell]), *both) for cell, both in known.items()}


def value(cell, numerator, denominator, waits):
    if cell[1] == "visits" or cell[1].endswith("_count"):
        return Fraction(numerator)
    if cell[1] == "queue_time_median":
        return median(waits) / 60
    return Fraction(numerator) / denominator


def median(waits):
    """Kaplan-Meier in exact fractions; survfit's middle of a stretch at one half; the longest wait if not reached."""
    surviving, at_half = Fraction(1), None
    at_risk = waits.total()
    for seconds in sorted({seconds for seconds, _called in waits}):
        called, left = waits[seconds, True], waits[seconds, False]
        if called:
            surviving *= 1 - Fraction(called, at_risk)
            if at_half is not None:
                return Fraction(at_half + seconds, 2)
            if surviving < Fraction(1, 2):
                return Fraction(seconds)
            if surviving == Fraction(1, 2):
                at_half = seconds
        at_risk -= called + left
    longest = max(seconds for seconds, _called in waits)
    return Fraction(longest if at_half is None else at_half + longest, 1 if at_half is None else 2)
