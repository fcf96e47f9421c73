"""Tickets by day: counts that add up, at most as many waits as tickets, few flagged durations."""

import great_expectations as gx
import great_expectations.expectations as gxe

from expectations.checks import WARNING, check, no_rows

BATCH = """
select
    tickets.*,
    coalesce(waits.called_count, 0) as timed_called_count,
    coalesce(waits.left_count, 0) as timed_left_count
from warehouse.fct_tickets as tickets
left join (
    select
        service_point_id, agency_code, access, opening_date,
        sum(called_count) as called_count,
        sum(left_count) as left_count
    from warehouse.fct_ticket_waits
    group by 1, 2, 3, 4
) as waits
    on
        tickets.service_point_id = waits.service_point_id
        and tickets.agency_code = waits.agency_code
        and tickets.access = waits.access
        and tickets.opening_date = waits.opening_date
where
    tickets.opening_date >= current_setting('pulssi.month_before')::date
    and tickets.opening_date < current_setting('pulssi.next_month')::date
"""

SUITE = gx.ExpectationSuite(
    "marts.tickets",
    expectations=[
        no_rows(
            """
            select service_point_id, agency_code, access, opening_date, ticket_count, called_count, left_waiting_count
            from {batch}
            where called_count + left_waiting_count + unknown_fate_count + call_not_recorded_count <> ticket_count
            """,
            name="every_ticket_has_one_fate",
            says="called + left + unknown + call not recorded = tickets",
            action=("an outcome of int_tickets_followed is counted twice or not at all: mend the model, build again"),
        ),
        no_rows(
            """
            select service_point_id, agency_code, access, opening_date, ticket_count
            from {batch}
            where least(ticket_count, called_count, left_waiting_count, unknown_fate_count, service_seconds) < 0
            """,
            name="ticket_counts_are_not_negative",
            says="no count of tickets is negative",
            action="mend fct_tickets, build again",
        ),
        no_rows(
            """
            select
                service_point_id, agency_code, access, opening_date,
                called_count, timed_called_count, left_waiting_count, timed_left_count
            from {batch}
            where timed_called_count > called_count or timed_left_count > left_waiting_count
            """,
            name="no_more_waits_than_tickets",
            says="waits of called and of left customers are at most as many as those tickets",
            action="fct_ticket_waits repeats tickets: mend the model, build again",
        ),
        no_rows(
            """
            select service_point_id, sum(implausible_wait_count) as flagged_count, sum(ticket_count) as ticket_count
            from {batch}
            where opening_date >= current_setting('pulssi.month')::date
            group by 1 having sum(implausible_wait_count) > 0.01 * sum(ticket_count)
            """,
            name="few_implausible_waits",
            says="at most 1 % of the waits of a point are negative or longer than 4 hours",
            action="ask the owner of the point's queue system: a clock or the closing of tickets is wrong",
            severity=WARNING,
        ),
        no_rows(
            """
            select service_point_id, sum(missing_event_count) as missing_event_count, sum(ticket_count) as ticket_count
            from {batch}
            where opening_date >= current_setting('pulssi.month')::date
            group by 1 having sum(missing_event_count) > 0.05 * sum(ticket_count)
            """,
            name="few_tickets_with_gaps",
            says="at most 5 % of the tickets of a point lack an event",
            action=(
                "ask the owner of the point's queue system which events it does not send; see the dead "
                "letters of its source"
            ),
            severity=WARNING,
        ),
        check(
            gxe.ExpectColumnValuesToNotBeNull,
            column="service_point_id",
            name="ticket_has_its_point",
            says="each ticket belongs to a point",
            action="the loader let in a queue event without a subject: report it",
        ),
    ],
)
