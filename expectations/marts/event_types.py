"""Types of events that are in no figure yet: received and counted, and said so each month."""

import great_expectations as gx

from expectations.checks import NOTE, no_rows

BATCH = """
select * from warehouse.fct_events_received
where
    received_date >= current_setting('pulssi.month')::date
    and received_date <= current_setting('pulssi.cutoff_date')::date
"""

SUITE = gx.ExpectationSuite(
    "marts.event_types",
    expectations=[
        no_rows(
            """
            select event_type, sum(event_count) as event_count, count(distinct source) as source_count
            from {batch}
            where fact is null
            group by 1 order by 1
            """,
            name="every_type_is_in_a_fact",
            says="the events of each type go into a fact",
            action="nothing: they are kept in landing and staged, and enter figures when a fact is made of them",
            severity=NOTE,
        ),
    ],
)
