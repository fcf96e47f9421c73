"""Compare each figure of the warehouse with the raw events: PYTHONPATH=. python tests/recompute/compare.py 2026-10."""

import math
import sys
from collections import Counter
from datetime import date

import pandas as pd
from answer_figures import answer_observations, press_observations, response_observations, staff_observations
from counted_events import events_that_count, final_cutoff, month_before, read_events
from installations import installation_observations, unmeasured_days
from naive_rollup import figures
from other_figures import (
    advice_observations,
    complaint_observations,
    hours_observations,
    incident_observations,
    rate_of_incidents,
    session_observations,
    slot_observations,
    snapshot_observations,
    without_partial_sums,
)
from places import Places
from queue_figures import booking_observations, queue_observations
from tickets_followed import followed_tickets

from infra import database
from infra.settings import read_settings

KEY = ["metric_id", "level", "level_id", "collection_mode"]
COMPARED = ("value", "numerator", "denominator", "is_beyond_range")
TOLERANCE = 1e-9


def recomputed(events, places, month):
    """The figures of one month as they stood when the month was final."""
    counted = events_that_count(events, places.clock_corrections, final_cutoff(month))
    tickets = followed_tickets(counted, places)
    unmeasured = unmeasured_days(counted, places, month)
    observations = [
        *queue_observations(tickets, places),
        *booking_observations(counted, tickets, places, unmeasured),
        *answer_observations(counted, places),
        *response_observations(counted, places),
        *staff_observations(counted, places),
        *slot_observations(counted, places),
        *advice_observations(counted, places),
        *incident_observations(counted, final_cutoff(month)),
        *complaint_observations(counted, places),
        *session_observations(counted, places),
        *snapshot_observations(counted, places),
        *hours_observations(places, month),
        *installation_observations(counted, places, month),
    ]
    observations += press_observations(observations, counted, places, month, unmeasured)
    observations += rate_of_incidents(observations, places, unmeasured)
    in_month = [row for row in observations if row["day"].replace(day=1) == month]
    return without_partial_sums(figures(in_month, places), places, month)


def in_warehouse(connection, month):
    columns = {row[0] for row in connection.execute("select * from warehouse.metric_values limit 0").description}
    only_totals = "and period_kind = 'month' and breakdown = 'total'" if "period_kind" in columns else ""
    cursor = connection.execute(
        f"""
        select metric_id, level, level_id, collection_mode, value, numerator, denominator,
               value_status = 'beyond_range' as is_beyond_range
        from warehouse.metric_values
        where period = %s {only_totals} and coalesce(value, numerator, denominator) is not null
        """,
        (month,),
    )
    frame = pd.DataFrame(cursor.fetchall(), columns=[column.name for column in cursor.description])
    for name in COMPARED[:3]:
        frame[name] = pd.to_numeric(frame[name])
    return frame


def differences(connection, month_text):
    """Differences of the month and of the one before, and how many figures of each metric were compared."""
    month = date.fromisoformat(f"{month_text}-01")
    places = Places(connection)
    events = read_events(connection, final_cutoff(month))
    found, compared = [], Counter()
    for period in (month_before(month), month):
        ours = recomputed(events, places, period)
        theirs = in_warehouse(connection, period)
        ours = ours[ours["metric_id"].isin(set(theirs["metric_id"])) & ours["level"].isin(set(theirs["level"]))]
        merged = theirs.merge(ours, on=KEY, how="outer", suffixes=("", "_recomputed"), indicator="side")
        for row in merged.to_dict("records"):
            compared[row["metric_id"]] += 1
            if not agrees(row):
                found.append({"period": period, **row})
    return found, compared


def agrees(row):
    if row["side"] == "left_only" and row["value"] == 0 and pd.isna(row["denominator"]):
        return True  # a zero that was measured: nothing happened, so there is no observation of it
    pairs = [(row[name], row[f"{name}_recomputed"]) for name in COMPARED]
    return all(is_same(one, other) for one, other in pairs)


def is_same(one, other):
    if pd.isna(one) or pd.isna(other):
        return pd.isna(one) and pd.isna(other)
    return math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=TOLERANCE)


def described(row):
    cell = "/".join(str(row[name]) for name in KEY)
    shown = (f"{name} {row[name]} recomputed {row[f'{name}_recomputed']}" for name in COMPARED)
    return f"{row['period']:%Y-%m} {cell}: {', '.join(shown)}"


def main():
    settings = read_settings()
    with database.connect(settings) as connection:
        found, compared = differences(connection, sys.argv[1])
    wrong = Counter(row["metric_id"] for row in found)
    for row in found:
        print(described(row))
    for metric, count in sorted(compared.items()):
        print(f"{metric:40} {count:6} figures, {wrong[metric]} differ")
    return int(bool(found) or not compared)


if __name__ == "__main__":
    sys.exit(main())
