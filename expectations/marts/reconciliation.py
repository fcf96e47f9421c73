"""Marts against landing: every ticket and every answer that was received in time is in the facts, once."""

import great_expectations as gx
import great_expectations.expectations as gxe

from expectations.checks import check
from expectations.marts import answer_sheets

# Counted apart from the models, from the events. What came after the month before was final belongs to no fact of it.
# A ticket belongs to the month of its first event, an answer to the day of the visit that it names, else to its own.
# Days that the last build made, and what is known early enough to count on them.
JUDGED_DAYS = """
    {day} >= current_setting('pulssi.first_judged_day')::date
    and {day} < current_setting('pulssi.next_month')::date
"""
COUNTS = (
    JUDGED_DAYS
    + """
    and {known_at} < case
        when {day} >= current_setting('pulssi.month')::date then current_setting('pulssi.cutoff')::timestamptz
        else current_setting('pulssi.month_before_cutoff')::timestamptz
    end
"""
)
RECEIVED = """
    received_at >= current_setting('pulssi.judged_from')::timestamptz
    and received_at < current_setting('pulssi.cutoff')::timestamptz
"""
RECEIVED_DATE = "(received_at at time zone current_setting('pulssi.time_zone'))::date"

BATCH = f"""
select 'events of type ' || coalesce(landed.event_type, judged.event_type) as what,
    coalesce(landed.event_count, 0) as expected_count, coalesce(judged.event_count, 0) as found_count
from (
    select event_type, count(*) as event_count from landing.event where {RECEIVED} group by 1
) as landed
full join (
    select event_type, count(*) as event_count from warehouse.stg_landing__events_judged where {RECEIVED} group by 1
) as judged using (event_type)
union all
select 'tickets', count(*), (
    select count(distinct ticket_key) from warehouse.int_ticket_events_unioned
    where {JUDGED_DAYS.format(day="arrived_date")}
)
from (
    select
        (min(coalesce(changed.occurred_at, events.occurred_at))
            at time zone current_setting('pulssi.time_zone'))::date as arrived_date,
        min(coalesce(changed.known_at, events.received_at)) as first_known_at
    from landing.event as events
    left join (
        select * from warehouse.stg_landing__events_judged
        where disposition = 'withdrawn' or is_amended or is_time_corrected
    ) as changed using (event_key)
    where
        events.event_type like 'queue.%' and events.event_type <> 'queue.observed'
        and events.received_at >= current_setting('pulssi.read_from')::timestamptz
        and events.received_at < current_setting('pulssi.cutoff')::timestamptz
        and changed.disposition is distinct from 'withdrawn'
    group by events.data ->> 'ticket_key'
) as tickets
where {COUNTS.format(day="arrived_date", known_at="first_known_at")}
union all
select 'tickets followed', count(distinct ticket_key), (select count(*) from warehouse.int_tickets_followed)
from warehouse.int_ticket_events_unioned
union all
select 'answers', coalesce(sum(json_array_length(data -> 'answers')), 0), (
    select count(*) from warehouse.int_feedback_answers_scored where {JUDGED_DAYS.format(day="opening_date")}
)
from (
    select *, case when is_dated_by_visit then visited_on else answered_on end as about_date
    from ({answer_sheets.BATCH}) as sheets
) as sheets
where {COUNTS.format(day="about_date", known_at="known_at")}
union all
select 'tickets in facts', count(*), (
    select coalesce(sum(ticket_count), 0) from warehouse.fct_tickets where {JUDGED_DAYS.format(day="opening_date")}
)
from warehouse.int_tickets_followed
where is_counted and {JUDGED_DAYS.format(day="opening_date")}
union all
select 'answers in facts', count(*), (
    select coalesce(sum(answer_count), 0) from warehouse.fct_feedback_answers
    where {JUDGED_DAYS.format(day="opening_date")}
)
from warehouse.int_feedback_answers_scored
where {JUDGED_DAYS.format(day="opening_date")}
union all
select 'snapshots in facts', count(*), (
    select coalesce(sum(snapshot_count), 0) from warehouse.fct_queue_snapshots
    where {JUDGED_DAYS.format(day="opening_date")}
)
from warehouse.stg_landing__queues_observed
where {JUDGED_DAYS.format(day="occurred_date")}
union all
select 'events in the account of events', count(*), (
    select coalesce(sum(event_count), 0) from warehouse.fct_events_received
    where
        received_date >= current_setting('pulssi.first_judged_day')::date
        and received_date < current_setting('pulssi.cutoff_date')::date
)
from warehouse.stg_landing__events_judged
where
    {RECEIVED_DATE} >= current_setting('pulssi.first_judged_day')::date
    and {RECEIVED_DATE} < current_setting('pulssi.cutoff_date')::date
"""

SUITE = gx.ExpectationSuite(
    "marts.reconciliation",
    expectations=[
        check(
            gxe.ExpectColumnPairValuesToBeEqual,
            column_A="expected_count",
            column_B="found_count",
            name="nothing_is_lost_or_doubled",
            says="events of each type, tickets, answers and snapshots are as many in the marts as in landing",
            action=(
                "if pulssi load has run since the build, build again; else a join of the models loses or repeats rows:"
                " compare stg_landing__events_judged, int_tickets_followed and int_feedback_answers_scored with"
                " landing.event"
            ),
        ),
    ],
)
