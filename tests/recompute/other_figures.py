"""Observations of the metrics of slots, advice, incidents, complaints, sessions, snapshots, hours and installations."""

from collections import defaultdict
from datetime import date, datetime, timedelta

from counted_events import month_after
from installations import days_of, local_span
from places import is_valid
from queue_figures import BOOKED, QUEUE, observation
from tickets_followed import COARSE, LONGEST_SESSION_SECONDS

LONGEST_HOLD_OF_A_SNAPSHOT = timedelta(minutes=15)
OVERSEERS = 2


def cell_of(event, places, agency=None):
    return {"point": event["point"], "agency": agency and places.agency_on(agency, event["day"]), "day": event["day"]}


def slot_observations(events, places):
    """Of each service the first look of the day; no free slot is a lead time of more than the days looked at."""
    looks = {}
    for event in events:
        if event["type"] == "booking.slots_observed":
            data = event["data"]
            key = (event["point"], data["agency"], data.get("service_code"), data.get("service_mode"), event["day"])
            if key not in looks or event["at"] < looks[key]["at"]:
                looks[key] = event
    for event in looks.values():
        cell = cell_of(event, places, event["data"]["agency"])
        for name in ("first", "third"):
            free_at = event["data"].get(f"{name}_free_at")
            seconds = event["data"]["horizon_days"] * 86400
            if free_at:
                seconds = int((datetime.fromisoformat(free_at) - event["at"]).total_seconds())
            for suffix in ("", "_days"):
                yield observation(f"{name}_slot_lead_time{suffix}", cell, BOOKED, int(bool(free_at)), 1, seconds)


def rate_of_incidents(observations, places, unmeasured):
    """Incidents beside visits, of points that tell of incidents, on days but those on which visits were not counted."""
    told = {row["service_point_id"] for row in places.tables["source"] if row["family"] == "incident"}
    visited = {(row["point"], row["day"].replace(day=1)) for row in observations if row["metric"] == "visits"}
    for row in observations:
        is_incident = row["metric"] == "incident_count"
        in_both = row["point"] in told and (row["point"], row["day"].replace(day=1)) in visited
        in_both = in_both and ("queue", row["point"], row["day"]) not in unmeasured
        if in_both and (is_incident or row["metric"] == "visits"):
            cell = row | {"agency": None}
            yield observation("incidents_per_1000_visits", cell, "incident", int(is_incident), int(not is_incident))


def advice_observations(events, places):
    estimates = {}
    for event in events:
        if event["type"] == "advice.guidance_estimated":
            estimates[event["data"].get("advice_ref") or event["key"]] = event
    last = {event["key"] for event in estimates.values()}
    for event in events:
        data = event["data"]
        if event["type"] == "advice.logged":
            cell = cell_of(event, places, data["agency"])
            yield observation("guidance_coverage", cell | {"agency": None}, "advice", 0, 1)
            if data["customer_initiated"]:
                yield observation("customer_initiated_contacts", cell, "advice", 1)
        if event["key"] in last:
            cell = cell_of(event, places)
            score = places.scores.get((data["scale_code"], str(data["score"])))
            yield observation("guidance_coverage", cell, "advice", 1, 0)
            if score is not None:
                yield observation("guidance_success_mean", cell, "advice", float(score), 1)


def incident_observations(events, cutoff):
    """Reports linked to each other are one incident, of the day of the earliest report."""
    for reports, resolutions in linked_incidents(events):
        reports = [report for report in reports if not report["data"]["incident_type"].startswith("technical")]
        if not reports:
            continue
        first = min(reports, key=lambda report: report["at"])
        cell = {"point": first["point"], "agency": None, "day": first["day"]}
        ends = [e["data"]["resolved_at"] for e in reports + resolutions if e["data"].get("resolved_at")]
        resolved_at = min((datetime.fromisoformat(end) for end in ends), default=None)
        seconds = int(((resolved_at or cutoff) - first["at"]).total_seconds())
        yield observation("incident_count", cell, "incident", 1)
        yield observation("incident_resolved_share", cell, "incident", int(resolved_at is not None), 1)
        if seconds >= 0 and first["precision"] not in COARSE:
            yield observation("incident_resolution_median", cell, "incident", int(resolved_at is not None), 1, seconds)


def linked_incidents(events):
    """Lists of reports and of resolutions of one incident: those that share a key, or are linked by one."""
    group_of, groups = {}, []
    for event in events:
        if not event["type"].startswith("incident."):
            continue
        keys = [event["data"]["incident_key"], event["data"].get("linked_incident_key")]
        keys = [(event["point"], key) for key in keys if key]
        met = {id(group_of[key]): group_of[key] for key in keys if key in group_of}
        group = {"keys": set(keys), "events": [event]}
        for other in met.values():
            group["keys"] |= other["keys"]
            group["events"] += other["events"]
            groups.remove(other)
        groups.append(group)
        group_of.update(dict.fromkeys(group["keys"], group))
    for group in groups:
        reports = [event for event in group["events"] if event["type"] == "incident.reported"]
        yield reports, [event for event in group["events"] if event["type"] == "incident.resolved"]


def complaint_observations(events, places):
    """Of one agency, overseer and period the latest report counts, of agencies that reported on both overseers.

    A report of several months belongs to the last of them.
    """
    latest, overseers = {}, defaultdict(set)
    for event in events:
        if event["type"] == "complaint.counted":
            data = event["data"]
            period = date.fromisoformat(data["period"] + "-01")
            for _ in range(data.get("period_months", 1) - 1):
                period = month_after(period)
            key = (places.agency_on(data["agency"], period), data["overseer"], period, data.get("period_months", 1))
            if key not in latest or (event["at"], event["received"]) > (latest[key]["at"], latest[key]["received"]):
                latest[key] = event
                overseers[key[0], period, key[3]].add(data["overseer"])
    for (agency, _overseer, period, months), event in latest.items():
        if len(overseers[agency, period, months]) < OVERSEERS:
            continue
        cell = {"point": None, "agency": agency, "day": period}
        mode = "complaint" if months == 1 else f"complaint_{months}_months"
        yield observation("complaint_count", cell, mode, event["data"]["lodged_count"])
        yield observation("statement_count", cell, mode, event["data"]["statement_count"])


def without_partial_sums(figures, places, month):
    """Figures without the sum over agencies of what not every agency that should has counted.

    Which agency a source is of, its path says: /agencies/dvv/complaints.
    """
    present = {row["agency_code"] for row in places.tables["presence"] if is_valid(row, month)}
    sources = [row for row in places.tables["source"] if row["family"] == "complaint" and is_valid(row, month)]
    due = {row["source"].split("/")[2] for row in sources}
    of_complaints = figures["metric_id"].isin(("complaint_count", "statement_count"))
    counted = figures[of_complaints & (figures["level"] == "agency")].groupby("collection_mode")["level_id"].agg(set)
    partial = {mode for mode, agencies in counted.items() if (due & present) - agencies}
    is_sum = of_complaints & (figures["level"] == "national") & figures["collection_mode"].isin(partial)
    return figures[~is_sum]


def session_observations(events, places):
    sessions = defaultdict(lambda: defaultdict(list))
    for event in events:
        if event["type"].startswith("session.") and event["data"].get("session_key"):
            sessions[event["data"]["session_key"]][event["type"].removeprefix("session.")].append(event)
    for session in sessions.values():
        if "started" in session:
            yield from one_session(session, places)


def one_session(session, places):
    started = min(session["started"], key=lambda event: event["at"])
    ended = min(session["ended"], key=lambda event: event["at"], default=None)
    kind = started["data"]["kind"]
    cell = cell_of(started, places, started["data"].get("agency") or "not_attributable")
    if ended is not None:
        seconds = (ended["at"] - started["at"]).total_seconds()
        if 0 <= seconds <= LONGEST_SESSION_SECONDS:
            metric = {"self_service": "self_service_minutes", "remote": "remote_room_minutes"}[kind]
            yield observation(metric, cell, "session", seconds / 60)
        connected = ended["data"].get("connected_at")
        if kind == "remote" and connected:
            delay = int((datetime.fromisoformat(connected) - started["at"]).total_seconds())
            if 0 <= delay <= LONGEST_SESSION_SECONDS:
                yield observation("connection_delay_median", cell, "session", 1, 1, delay)
    asked = min((event["at"] for event in session["help_requested"]), default=None)
    came = min((event["at"] for event in session["help_arrived"]), default=None)
    if asked is not None and (came or ended):
        seconds = int(((came or ended["at"]) - asked).total_seconds())
        if 0 <= seconds <= LONGEST_SESSION_SECONDS:
            yield observation("help_time_median", cell, "session", int(came is not None), 1, seconds)


def snapshot_observations(events, places):
    """A look at a queue holds until the next one, at most a quarter of an hour, while the point is open."""
    by_queue = defaultdict(list)
    for event in events:
        if event["type"] == "queue.observed" and event["precision"] not in COARSE:
            by_queue[event["source"], event["point"], event["data"]["queue_code"]].append(event)
    for looks in by_queue.values():
        looks.sort(key=lambda event: event["at"])
        for look, following in zip(looks, [*looks[1:], None], strict=True):
            until = look["at"] + LONGEST_HOLD_OF_A_SNAPSHOT
            if following is not None:
                until = min(until, following["at"])
            cell, data = cell_of(look, places, look["data"].get("agency") or "not_attributable"), look["data"]
            seconds = open_seconds(look, until, places)
            if data.get("waiting_count") is not None and seconds > 0:
                yield observation(
                    "people_waiting_mean", cell, QUEUE, data["waiting_count"] * seconds / 60, seconds / 60
                )
            is_in_hours = open_seconds(look, look["at"] + timedelta(seconds=1), places) > 0
            if data.get("announced_wait_minutes") is not None and is_in_hours and data.get("is_open", True):
                yield observation("announced_wait_mean", cell, QUEUE, data["announced_wait_minutes"], 1)


def open_seconds(look, until, places):
    spans = [local_span(look["day"], *hours) for hours in places.opening_on(look["point"], look["day"])]
    return sum(max(0.0, (min(until, end) - max(look["at"], start)).total_seconds()) for start, end in spans)


def hours_observations(places, month):
    """Opening hours of a point for each agency that is there; a week's share of the month is the denominator."""
    for presence in places.tables["presence"]:
        for day in days_of(month):
            if is_valid(presence, day) and places.point_on(presence["service_point_id"], day):
                spans = [local_span(day, *hours) for hours in places.opening_on(presence["service_point_id"], day)]
                hours = sum((end - start).total_seconds() for start, end in spans) / 3600
                cell = {"point": presence["service_point_id"], "agency": presence["agency_code"], "day": day}
                if hours:
                    yield observation("offered_service_hours", cell, "reference", hours)
