"""Facts against dimensions: points and agencies that are known, on days on which they were there."""

import great_expectations as gx

from expectations.checks import WARNING, no_rows

BATCH = """
select fact, service_point_id, agency_code, opening_date, sum(row_count) as row_count
from (
    select 'fct_tickets' as fact, service_point_id, agency_code, opening_date, ticket_count as row_count
    from warehouse.fct_tickets
    union all
    select 'fct_visits', service_point_id, agency_code, opening_date, 1
    from warehouse.fct_visits
    union all
    select 'fct_bookings', service_point_id, agency_code, opening_date, 1
    from warehouse.fct_bookings
    union all
    select 'fct_feedback_answers', service_point_id, agency_code, opening_date, answer_count
    from warehouse.fct_feedback_answers
) as facts
where
    opening_date >= current_setting('pulssi.month_before')::date
    and opening_date < current_setting('pulssi.next_month')::date
group by 1, 2, 3, 4
"""

SUITE = gx.ExpectationSuite(
    "marts.places_and_days",
    expectations=[
        no_rows(
            """
            select distinct fact, service_point_id
            from {batch}
            where service_point_id not in (select service_point_id from warehouse.dim_service_points)
            """,
            name="point_is_in_the_dimension",
            says="each fact is about a point that dim_service_points knows",
            action=(
                "the point was removed from service_points.csv: put it back with its valid_to, load it, build again"
            ),
        ),
        no_rows(
            """
            select fact, service_point_id, min(opening_date) as first_date, max(opening_date) as last_date
            from (select * from {batch}) as facts
            where
                service_point_id is not null
                and not exists (
                    select from warehouse.dim_service_points as points
                    where
                        points.service_point_id = facts.service_point_id
                        and facts.opening_date >= points.valid_from
                        and facts.opening_date < coalesce(points.valid_to, 'infinity')
                )
            group by 1, 2
            """,
            name="point_was_valid_on_the_day",
            says="a point's facts are of days on which it was valid",
            action=(
                "correct valid_from or valid_to of the point in service_points.csv, or ask the source for its clock"
            ),
            severity=WARNING,
        ),
        no_rows(
            """
            select fact, agency_code, sum(row_count) as row_count
            from {batch}
            where
                agency_code <> 'not_attributable'
                and agency_code not in (select agency_code from warehouse.dim_agencies)
            group by 1, 2
            """,
            name="agency_is_in_the_dimension",
            says="each fact's agency is one that dim_agencies knows",
            action=(
                "add the agency to agencies.csv, or tell the source the right code; its figures are in "
                "no agency's total"
            ),
            severity=WARNING,
        ),
        no_rows(
            """
            select fact, service_point_id, count(distinct opening_date) as day_count, sum(row_count) as row_count
            from {batch}
            where
                fact in ('fct_tickets', 'fct_visits')
                and (service_point_id, opening_date) in (
                    select service_point_id, opening_date from warehouse.fct_opening_days where opening_minutes = 0
                )
            group by 1, 2
            """,
            name="no_customers_on_closed_days",
            says="nobody queues on a day on which the point is closed",
            action=("correct opening_hours.csv or opening_exceptions.csv: completeness counts these days as closed"),
            severity=WARNING,
        ),
    ],
)
