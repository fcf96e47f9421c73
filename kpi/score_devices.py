"""Whether corrections, wrong clocks, silent and hour-precise devices show as they were planted."""

from collections import Counter
from collections.abc import Mapping

from kpi.score_evidence import EVERYWHERE, Evidence, Fault, Finding, same

CLOCK_TOLERANCE_SECONDS = 60

APPLIED = """
    select sum(correction_count) from warehouse.fct_corrections
    where ref_source = %(source)s and correction = %(kind)s and state = 'applied'
"""
DAYS_WRONG = """
    select received_date, clock_offset_seconds, is_clock_wrong, is_corrected from warehouse.fct_device_clocks
    where source = %(source)s
"""
HOURS = """
    select
        count(*) filter (where state = 'measured'), count(*) filter (where state <> 'closed'), sum(heartbeat_count),
        count(distinct opening_date) filter (where state = 'measured'),
        count(distinct opening_date) filter (where state <> 'closed')
    from warehouse.fct_source_hours
    where source = %(source)s and hour_starts_at >= %(starts_at)s and hour_starts_at < %(ends_at)s
"""
STATES = """
    select source, to_char(hour_starts_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), state
    from warehouse.fct_source_hours where opening_date >= %(starts_on)s and opening_date < %(ends_on)s
"""
FLAGGED = """
    select sum(answer_count) from warehouse.fct_feedback_answers
    where service_point_id = %(service_point_id)s and collection_mode = 'device' and is_burst
        and opening_date = cast(%(starts_at)s as date)
"""
# A device of these kinds worked, and what it sent says less, or later, or of another hour.
EXPLAINED = ("wrong_clock", "silent_heartbeats", "late_arrival")
COARSE = "select count(*) from landing.event where source = %(source)s and time_precision = 'hour'"


def press_burst(evidence: Evidence, faults: list[Fault]) -> list[Finding]:
    """Shown when all presses of the burst's day but one are flagged that were planted."""
    found = []
    for fault in faults:
        planted, counted = fault.event_count - 1, evidence.count(FLAGGED, fault)
        shown = f"{counted} presses flagged as misuse"
        found.append(
            Finding(fault.kind, fault.source, f"{fault.event_count} presses at once", shown, planted == counted)
        )
    return found


def corrections(evidence: Evidence, faults: list[Fault]) -> list[Finding]:
    return [
        same(fault.kind, fault.source, fault.event_count, evidence.count(APPLIED, fault), "corrections applied")
        for fault in faults
    ]


def wrong_clock(evidence: Evidence, faults: list[Fault]) -> list[Finding]:
    """Shown when every day of the span has the planted offset, and no other day of the device a wrong clock."""
    found = []
    for fault in faults:
        planted = evidence.devices[fault.source].clock_offset_seconds
        inside, outside, corrected = [], 0, 0
        for day, offset, is_wrong, is_corrected in evidence.rows(DAYS_WRONG, fault):
            if fault.starts_at.date() <= day < fault.ends_at.date():
                inside.append(offset if is_wrong else None)
                corrected += is_corrected
            else:
                outside += is_wrong
        near = sum(offset is not None and abs(offset - planted) <= CLOCK_TOLERANCE_SECONDS for offset in inside)
        shown = f"{near} of {len(inside)} days with that offset, {outside} others flagged, {corrected} days corrected"
        is_shown = 0 < near == len(inside) and not outside
        found.append(Finding(fault.kind, fault.source, f"clock {planted:+} s", shown, is_shown))
    return found


def silent_heartbeats(evidence: Evidence, faults: list[Fault]) -> list[Finding]:
    """Shown when the device counts as alive on every opening day by what customers pressed."""
    found = []
    for fault in faults:
        ((measured, hours, heartbeats, days_alive, days),) = evidence.rows(HOURS, fault)
        shown = (
            f"alive on {days_alive} of {days} days, {measured} of {hours} hours measured, {heartbeats or 0} heartbeats"
        )
        is_shown = bool(days) and days_alive == days and not heartbeats
        found.append(Finding(fault.kind, fault.source, f"{fault.event_count} heartbeats lost", shown, is_shown))
    return found


def hour_precision(evidence: Evidence, faults: list[Fault]) -> list[Finding]:
    return [
        same(
            fault.kind, fault.source, fault.event_count, evidence.count(COARSE, fault), "events known to the hour only"
        )
        for fault in faults
    ]


def hours(evidence: Evidence, faults: list[Fault], truth: Mapping[tuple[str, str], str]) -> Finding:
    """Every hour of the month at every installation, beside what it was. *truth* is by source and hour."""
    month = evidence.release.month
    span = {"starts_on": month.first_day, "ends_on": month.next.first_day}
    found = {(source, hour): state for source, hour, state in evidence.connection.execute(STATES, span).fetchall()}
    explained = {fault.source for fault in faults if fault.kind in EXPLAINED}
    pairs = Counter((truth[key], state, key[0] in explained) for key, state in found.items() if key in truth)
    agreeing = sum(count for (true, state, _), count in pairs.items() if true == state)
    wrong = [(count, pair) for pair, count in pairs.items() if pair[0] != pair[1] and not pair[2]]
    missing = sum(state != "closed" for key, state in truth.items() if key not in found)
    shown = f"{agreeing} as in truth, {sum(pairs.values()) - agreeing} not, {missing} not shown"
    shown += "".join(f"; {count} {true} shown {state}" for count, (true, state, _) in sorted(wrong, reverse=True))
    is_as_planted = agreeing > 0 and not wrong and not missing
    return Finding("hours", EVERYWHERE, f"{len(truth)} hours of installations", shown, is_as_planted)
