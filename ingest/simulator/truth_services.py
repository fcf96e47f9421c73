"""Truth of what is not the queues': sessions, contacts, incidents, free times and offered hours."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from infra.months import Month
from ingest.simulator.booking_messages import free_slot
from ingest.simulator.events import local_day_start
from ingest.simulator.run import DayOfPoint
from ingest.simulator.truth_queues import BOOKING
from ingest.simulator.truth_sums import NEVER, Found, Sums
from ingest.simulator.world import Point, World, days

CUTOFF_DAY = 10  # of the next month: what was resolved later was not yet when the month became final
ADVICE, INCIDENTS, SESSION, REFERENCE = "advice", "incident", "session", "reference"


def count_services(happened: DayOfPoint, found: Found, zone: ZoneInfo) -> None:
    period, place = f"{happened.day:%Y-%m}-01", happened.point.service_point_id

    def of(agency: str, metric: str, mode: str) -> Sums:
        return found[period, place, agency, metric, mode]

    for session in happened.sessions:
        minutes = (session.ended_at - session.started_at) / 60
        if session.kind == "remote":
            of(session.agency, "remote_room_minutes", SESSION).add(minutes)
            if session.connected_at is not None:
                delay = session.connected_at - session.started_at
                of(session.agency, "connection_delay_median", SESSION).add_seconds(delay)
            continue
        of(session.agency, "self_service_minutes", SESSION).add(minutes)
        if session.help_requested_at is not None and session.help_comes_at is not None:
            seconds = session.help_comes_at - session.help_requested_at
            of(session.agency, "help_time_median", SESSION).add_seconds(seconds)
    for contact in happened.contacts:
        if contact.is_logged:
            of(contact.agency, "customer_initiated_contacts", ADVICE).add(contact.is_customer_initiated)
            of("", "guidance_success_mean", ADVICE).add(contact.guidance_score)
            of("", "guidance_coverage", ADVICE).add(contact.is_estimated)
    _count_incidents(happened, found, zone)
    _count_free_times(happened, found, zone)


def count_offered_hours(world: World, months: list[Month], found: Found) -> None:
    """Hours a week in which each agency of a point receives: the point's opening hours, a mobile one's at its stops."""
    for point in world.points:
        for month in months:
            of_month = days(month)
            hours = sum(_served_hours(point, day) for day in of_month)
            for agency in point.agencies:
                sums = found[f"{month}-01", point.service_point_id, agency, "offered_service_hours", REFERENCE]
                sums.add(hours / (len(of_month) / 7))


def _served_hours(point: Point, day: date) -> float:
    opening = point.opening(day)
    stop = point.stop_hours.get(day.isoweekday()) if point.stops else opening
    if opening is None or stop is None:
        return 0
    return max(0, min(opening[1], stop[1]) - max(opening[0], stop[0])) / 3600


def _count_incidents(happened: DayOfPoint, found: Found, zone: ZoneInfo) -> None:
    """Each disturbance once, whoever reported it. Points whose visits nobody counts have no rate."""
    incidents = [incident for incident in happened.incidents if not incident.is_technical]
    point, period = happened.point, f"{happened.day:%Y-%m}-01"
    if not {"incidents", "guards"} & point.installed.keys():
        return

    def of(metric: str) -> Sums:
        return found[period, point.service_point_id, "", metric, INCIDENTS]

    of("incident_count").add(len(incidents))
    if point.queue_source is not None:
        stays = len({ticket.visit for ticket in happened.tickets if ticket.purpose == "service"})
        of("incidents_per_1000_visits").add(len(incidents), stays)
    cutoff = _cutoff(happened.day, zone) - local_day_start(happened.day, zone)
    for incident in incidents:
        after = incident.resolved_after
        of("incident_resolved_share").add(after is not None and incident.at + after < cutoff)
        of("incident_resolution_median").add_seconds(NEVER if after is None else after)


def _cutoff(day: date, zone: ZoneInfo) -> int:
    final = Month(day.replace(day=1)).next.first_day.replace(day=CUTOFF_DAY)
    return int(datetime.combine(final, time(0), zone).timestamp())


def _count_free_times(happened: DayOfPoint, found: Found, zone: ZoneInfo) -> None:
    start, point, period = local_day_start(happened.day, zone), happened.point, f"{happened.day:%Y-%m}-01"
    for look in happened.looks:
        looked_at = start + look.at
        for which, days_ahead in (("first", look.first_days_ahead), ("third", look.third_days_ahead)):
            seconds = NEVER
            if days_ahead is not None:
                seconds = int(free_slot(looked_at, days_ahead, zone).timestamp()) - looked_at
            for metric in (f"{which}_slot_lead_time", f"{which}_slot_lead_time_days"):
                found[period, point.service_point_id, look.agency, metric, BOOKING].add_seconds(seconds)
