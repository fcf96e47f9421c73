"""Marts against landing: every ticket and every answer that was received in time is in the facts, once."""

import great_expectations as gx
import great_expectations.expectations as gxe

from expectations.checks import check
from expectations.marts import answer_sheets

# Counted apart from the models, from the events. What came after the month before was final belongs to no fact of it.
# A ticket belongs to the month of its first event, an answer to the day of the visit that it names, else to its own.
BATCH = f"""
select 'tickets' as what, count(*) as expected_count,
    (select count(*) from warehouse.int_tickets_followed) as found_count
from (
    select min(occurred_at) as arrived_at, min(received_at) as first_received_at
    from landing.event
    where
        event_type in (
            'queue.ticket_issued', 'queue.checked_in', 'queue.called', 'queue.service_started', 'queue.service_ended',
            'queue.abandoned', 'queue.no_show'
        )
        and received_at >= current_setting('pulssi.read_from')::timestamptz
        and received_at < current_setting('pulssi.cutoff')::timestamptz
    group by data ->> 'ticket_key'
) as tickets
where
    arrived_at >= current_setting('pulssi.month_starts_at')::timestamptz
    or first_received_at < current_setting('pulssi.month_before_final_at')::timestamptz
union all
select 'answers', coalesce(sum(json_array_length(data -> 'answers')), 0),
    (select count(*) from warehouse.int_feedback_answers_scored)
from ({answer_sheets.BATCH}) as sheets
where
    case when is_dated_by_visit then visited_on else answered_on end >= current_setting('pulssi.month')::date
    or received_at < current_setting('pulssi.month_before_final_at')::timestamptz
union all
select 'tickets in facts', count(*),
    (select coalesce(sum(ticket_count), 0) from warehouse.fct_tickets)
from warehouse.int_tickets_followed
where
    is_counted
    and opening_date >= current_setting('pulssi.month')::date - interval '1 month'
    and opening_date < current_setting('pulssi.month')::date + interval '1 month'
union all
select 'answers in facts', count(*),
    (select coalesce(sum(answer_count), 0) from warehouse.fct_feedback_answers)
from warehouse.int_feedback_answers_scored
where
    opening_date >= current_setting('pulssi.month')::date - interval '1 month'
    and opening_date < current_setting('pulssi.month')::date + interval '1 month'
"""

SUITE = gx.ExpectationSuite(
    "marts.reconciliation",
    expectations=[
        check(
            gxe.ExpectColumnPairValuesToBeEqual,
            column_A="expected_count",
            column_B="found_count",
            name="nothing_is_lost_or_doubled",
            says="tickets and answers are as many in the marts as in landing",
            action=(
                "if pulssi load has run since the build, build again; else a join of the models loses or repeats rows:"
                " compare int_tickets_followed and int_feedback_answers_scored with landing.event"
            ),
        ),
    ],
)
