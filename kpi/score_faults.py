"""Whether the pipeline shows each planted fault as it was planted."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from psycopg import sql

from kpi import score_devices
from kpi.score_evidence import EVERYWHERE, Check, Evidence, Fault, Finding, places, planted_count, same

OF_WINDOW = """
    select count(*) from landing.event
    where source = %(source)s and occurred_at >= %(starts_at)s and occurred_at < %(ends_at)s
"""
AFTER_CUTOFF = "select sum(event_count) from warehouse.fct_late_events where source = %(source)s"


def findings(evidence: Evidence, faults: list[Fault]) -> list[Finding]:
    """The findings of every planted kind; a kind that nothing here checks is a finding too.

    What only the figures of a month show is not looked for where those were not built: before the month released.
    """
    found = []
    for kind in dict.fromkeys(fault.kind for fault in faults):
        of_kind = [fault for fault in faults if fault.kind == kind and _is_in_figures(evidence, fault)]
        found += CHECKS.get(kind, _unchecked)(evidence, of_kind) if of_kind else []
    return found


def _is_in_figures(evidence: Evidence, fault: Fault) -> bool:
    month = evidence.release.month
    first = {"dead_device": month, "wrong_clock": month.previous}.get(fault.kind)
    return first is None or (fault.starts_at.date() < month.next.first_day and fault.ends_at.date() > first.first_day)


def findings_of_hours(evidence: Evidence, faults: list[Fault], path: Path) -> list[Finding]:
    """Whether each hour of each installation is measured, silent or closed as it was; none where the truth has none."""
    if not path.is_file():
        return []
    first, end = (day.isoformat() for day in (evidence.release.month.first_day, evidence.release.month.next.first_day))
    with path.open(encoding="utf-8", newline="") as file:
        truth = {
            (row["source"], row["hour_starts_at"]): row["state"]
            for row in csv.DictReader(file)
            if first <= row["hour_starts_at"] < end
        }
    return [score_devices.hours(evidence, faults, truth)]


def _redelivery(evidence: Evidence, faults: list[Fault]) -> list[Finding]:
    counted = evidence.count("select sum(duplicate_count) from ops.ledger")
    return [same("redelivery", EVERYWHERE, planted_count(faults), counted, "duplicates in the ledger")]


def _conflict(evidence: Evidence, faults: list[Fault]) -> list[Finding]:
    counted = evidence.count("select sum(conflict_count) from ops.ledger")
    return [same("conflict", EVERYWHERE, planted_count(faults), counted, "conflicts in the ledger")]


def _broken_vendor(evidence: Evidence, faults: list[Fault]) -> list[Finding]:
    """All vendors together: a line that is cut off says neither whose it was nor when it was received."""
    of_source = """
        select count(*) from ops.dead_letter
        where source = %(source)s and reason_code <> 'conflict'
            and received_at >= %(starts_at)s and received_at < %(ends_at)s
    """
    named = sum(evidence.count(of_source, fault) for fault in faults)
    nameless = evidence.count(
        "select count(*) from ops.dead_letter where source not in (select source from reference.source)"
    )
    shown = f"dead letters, {nameless} of them without a readable source"
    return [same("broken_vendor", places(faults), planted_count(faults), named + nameless, shown)]


def _reset_clock(evidence: Evidence, faults: list[Fault]) -> list[Finding]:
    set_aside = "select count(*) from ops.dead_letter where source = %(source)s and reason_code <> 'conflict'"
    return [
        same(fault.kind, fault.source, fault.event_count, evidence.count(set_aside, fault), "dead letters")
        for fault in faults
    ]


def _open_breaker(evidence: Evidence, faults: list[Fault]) -> list[Finding]:
    """Shown when the owner was told that it opened and that it closed, and nothing waits any more."""
    found = []
    for fault in faults:
        told = "select state from ops.breaker_notice where source = %(source)s order by notice_id"
        states = [state for (state,) in evidence.rows(told, fault)]
        parked = evidence.count("select count(*) from ops.parked_event where source = %(source)s", fault)
        waiting = evidence.count(
            "select count(*) from ops.parked_event where source = %(source)s and outcome is null", fault
        )
        shown = f"{', '.join(states) or 'never opened'}; {parked} parked, {waiting} still wait"
        is_shown = states[:1] == ["open"] and states[-1:] == ["closed"] and parked > 0 == waiting
        found.append(Finding(fault.kind, fault.source, f"{fault.event_count} events", shown, is_shown))
    return found


def _unknown_point(evidence: Evidence, faults: list[Fault]) -> list[Finding]:
    landed = """
        select count(distinct event.event_key) + count(event_duplicate.event_key)
        from landing.event left join landing.event_duplicate using (event_key)
        where service_point_id = %(service_point_id)s
    """
    still_held = "select count(*) from landing.event_held where service_point_id = %(service_point_id)s"
    found = []
    for fault in faults:
        counted, held = evidence.count(landed, fault), evidence.count(still_held, fault)
        shown = f"{counted} events landed or duplicate, {held} still held"
        is_as_planted = (counted, held) == (fault.event_count, 0)
        found.append(Finding(fault.kind, fault.service_point_id, f"{fault.event_count} events", shown, is_as_planted))
    return found


def _late_arrival(evidence: Evidence, faults: list[Fault]) -> list[Finding]:
    late = f"{OF_WINDOW} and received_at >= occurred_at + interval '3 days'"
    found = []
    for fault in faults:
        after_cutoff = evidence.count(AFTER_CUTOFF, fault)
        shown = f"events landed late, {after_cutoff} of the source after their month's cutoff"
        found.append(same(fault.kind, fault.source, fault.event_count, evidence.count(late, fault), shown))
    return found


def _reordering(evidence: Evidence, faults: list[Fault]) -> list[Finding]:
    return [
        same(fault.kind, fault.source, fault.event_count, evidence.count(OF_WINDOW, fault), "events landed")
        for fault in faults
    ]


def _dead_device(evidence: Evidence, faults: list[Fault]) -> list[Finding]:
    """Shown when the completeness of the point's feedback is what the simulator left of it."""
    found = []
    for fault in faults:
        month = evidence.release.month
        row = evidence.observation(fault.service_point_id, month, "completeness", "feedback")
        share = None if row is None else row.value
        truth = evidence.realised[(fault.service_point_id, f"{month.first_day}", "completeness feedback")]
        shown = "no completeness" if share is None else f"{share:.1%} of the opening time measured"
        planted = f"{truth:.1%} left, {fault.event_count} events lost"
        is_shown = share is not None and share < 1 and abs(share - truth) < 0.005
        found.append(Finding(fault.kind, fault.source, planted, shown, is_shown))
    return found


def _doubled_wait(evidence: Evidence, faults: list[Fault]) -> list[Finding]:
    """Shown when the median grew as many times as it did for the customers, within a tenth.

    Where nobody in the middle waited before, it is shown when both medians are the customers' within a tenth.
    """
    months = (evidence.release.month.previous, evidence.release.month)
    found = []
    for fault in faults:
        point = fault.service_point_id
        rows = [evidence.observation(point, month, "queue_time_median", "queue_system") for month in months]
        truth = [evidence.realised[(point, f"{month.first_day}", "queue_time_median queue_system")] for month in months]
        values = [None if row is None else row.value for row in rows]
        is_shown = None not in values and _grew_alike([value or 0 for value in values], truth)
        found.append(Finding(fault.kind, point, _growth(truth), _growth(values), is_shown))
    return found


def _grew_alike(values: list[float], truth: list[float]) -> bool:
    if truth[0] and values[0]:
        return abs(values[1] / values[0] * truth[0] / truth[1] - 1) < 0.1
    return all(abs(value - true) <= 0.1 * true for value, true in zip(values, truth, strict=True))


def _growth(medians: Sequence[float | None]) -> str:
    before, after = medians
    if before is None or after is None:
        return "no medians"
    times = f", times {after / before:.2f}" if before else ""
    return f"median {before:.1f} -> {after:.1f} min{times}"


def _left_while_waiting(evidence: Evidence, faults: list[Fault]) -> list[Finding]:
    statement = """
        select count(*) from landing.event
        where event_type = 'queue.abandoned' and service_point_id = %(service_point_id)s
    """
    return [
        same(fault.kind, fault.service_point_id, fault.event_count, evidence.count(statement, fault), "who left")
        for fault in faults
    ]


def _personal_data(evidence: Evidence, _: list[Fault]) -> list[Finding]:
    """Look for every planted text in every text and JSON column of the database."""
    columns = evidence.connection.execute("""
        select nspname, relname, array_agg(attname order by attnum)
        from pg_class
        inner join pg_namespace on pg_namespace.oid = relnamespace
        inner join pg_attribute on attrelid = pg_class.oid and attnum > 0 and not attisdropped
        where nspname in ('landing', 'reference', 'warehouse', 'publish', 'ops')
            and relkind in ('r', 'p', 'm') and not relispartition
            and atttypid::regtype::text in ('text', 'json', 'jsonb', 'character varying', 'text[]')
        group by nspname, relname
    """).fetchall()
    hits = {f"{schema}.{table}": _rows_with_texts(evidence, schema, table, names) for schema, table, names in columns}
    shown = ", ".join(f"{count} rows of {place}" for place, count in hits.items() if count)
    planted = f"{len(evidence.personal_data)} texts"
    return [Finding("personal_data", EVERYWHERE, planted, shown or f"0 found in {len(hits)} tables", not shown)]


def _rows_with_texts(evidence: Evidence, schema: str, table: str, columns: list[str]) -> int:
    whole = sql.SQL(" || ' ' || ").join(
        sql.SQL("coalesce({}::text, '')").format(sql.Identifier(column)) for column in columns
    )
    statement = sql.SQL("select count(*) from {} where {} like any(%s)").format(sql.Identifier(schema, table), whole)
    patterns = [f"%{text}%" for text in evidence.personal_data]
    return int(evidence.connection.execute(statement, (patterns,)).fetchall()[0][0])


def _unchecked(_: Evidence, faults: list[Fault]) -> list[Finding]:
    return [Finding(faults[0].kind, places(faults), f"{planted_count(faults)} events", "nothing looks for this", False)]


CHECKS: Mapping[str, Check] = {
    "redelivery": _redelivery,
    "conflict": _conflict,
    "broken_vendor": _broken_vendor,
    "open_breaker": _open_breaker,
    "reset_clock": _reset_clock,
    "unknown_point": _unknown_point,
    "late_arrival": _late_arrival,
    "reordering": _reordering,
    "dead_device": _dead_device,
    "doubled_wait": _doubled_wait,
    "left_while_waiting": _left_while_waiting,
    "personal_data": _personal_data,
    "withdrawn": score_devices.corrections,
    "amended": score_devices.corrections,
    "wrong_clock": score_devices.wrong_clock,
    "silent_heartbeats": score_devices.silent_heartbeats,
    "press_burst": score_devices.press_burst,
    "hour_precision": score_devices.hour_precision,
}
