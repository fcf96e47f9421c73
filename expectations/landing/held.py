"""Held events: what waits for reference data is seen before a month is built without it."""

import great_expectations as gx

from expectations.checks import WARNING, no_rows

BATCH = """
select reason_code, source, service_point_id, count(*) as event_count
from landing.event_held
where received_at < current_setting('pulssi.cutoff')::timestamptz
group by 1, 2, 3
"""

SUITE = gx.ExpectationSuite(
    "landing.held",
    expectations=[
        no_rows(
            "select * from {batch}",
            name="no_event_is_held",
            says="no event waits for reference data",
            action=(
                "register the point in service_points.csv and pulssi reference load, or tell the source "
                "that its point is wrong"
            ),
            severity=WARNING,
        ),
    ],
)
