"""Waits by whole second: possible ones only."""

import great_expectations as gx
import great_expectations.expectations as gxe

from expectations.checks import check

LONGEST_WAIT_SECONDS = 4 * 3600  # queue rules, version 1

BATCH = """
select * from warehouse.fct_ticket_waits
where
    opening_date >= current_setting('pulssi.month_before')::date
    and opening_date < current_setting('pulssi.next_month')::date
"""

SUITE = gx.ExpectationSuite(
    "marts.waits",
    expectations=[
        check(
            gxe.ExpectColumnValuesToBeBetween,
            column="wait_seconds",
            min_value=0,
            max_value=LONGEST_WAIT_SECONDS,
            name="wait_is_plausible",
            says="a wait is from 0 seconds to 4 hours",
            action="the models let an implausible wait through (plausible_seconds): mend, build again",
        ),
        *[
            check(
                gxe.ExpectColumnValuesToBeBetween,
                column=column,
                min_value=0,
                name=f"{column}_is_not_negative",
                says="no count of waits is negative",
                action="mend fct_ticket_waits, build again",
            )
            for column in ("called_count", "left_count")
        ],
    ],
)
