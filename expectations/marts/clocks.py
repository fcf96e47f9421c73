"""Clocks of devices, as their heartbeats tell: wrong ones are seen; times stay as told unless a rule is recorded."""

import great_expectations as gx

from expectations.checks import WARNING, no_rows

BATCH = """
select * from warehouse.fct_device_clocks
where
    received_date >= current_setting('pulssi.month')::date
    and received_date <= current_setting('pulssi.cutoff_date')::date
"""

SUITE = gx.ExpectationSuite(
    "marts.clocks",
    expectations=[
        no_rows(
            """
            select
                source, device_id, min(received_date) as first_date, max(received_date) as last_date,
                count(*) as day_count, min(clock_offset_seconds) as least_seconds_ahead,
                max(clock_offset_seconds) as most_seconds_ahead
            from {batch}
            where is_clock_wrong and not is_corrected
            group by 1, 2
            """,
            name="no_clock_is_wrong",
            says="the clock of no device is more than two minutes off, or a rule corrects its times",
            action=(
                "ask the owner of the source to set the clock; if hours or days are wrong by it, record the shift in"
                " clock_corrections.csv, pulssi reference load, build again"
            ),
            severity=WARNING,
        ),
    ],
)
