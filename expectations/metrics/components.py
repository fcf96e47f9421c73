"""Components of the metrics: sums that are possible for their statistic, of the months that were built."""

import great_expectations as gx
import great_expectations.expectations as gxe

from expectations.checks import check, no_rows

LONGEST_WAIT_SECONDS = 4 * 3600  # queue rules, version 1

BATCH = """
select components.*, definitions.statistic, definitions.unit
from warehouse.metric_components as components
left join warehouse.metric_definitions as definitions
    on
        components.metric_id = definitions.metric_id
        and components.metric_version = definitions.metric_version
where
    components.opening_date >= current_setting('pulssi.month_before')::date
    and components.opening_date < current_setting('pulssi.next_month')::date
"""

SUITE = gx.ExpectationSuite(
    "metrics.components",
    expectations=[
        *[
            check(
                gxe.ExpectColumnValuesToBeBetween,
                column=column,
                min_value=0,
                name=f"{column}_is_not_negative",
                says=f"no {column} is negative",
                action="mend the metric's SQL, build again",
            )
            for column in ("numerator", "denominator", "sum_of_squares")
        ],
        no_rows(
            """
            select metric_id, service_point_id, agency_code, collection_mode, opening_date, numerator, denominator
            from {batch}
            where
                statistic in ('ratio', 'km_quantile')
                and (numerator > denominator or numerator is null or denominator is null)
            """,
            name="numerator_within_denominator",
            says="a part is at most the whole, in each cell",
            action="the metric's numerator counts what its denominator does not: mend its SQL, build again",
        ),
        no_rows(
            """
            select metric_id, service_point_id, collection_mode, opening_date, numerator, denominator, sum_of_squares
            from {batch}
            where
                unit = 'score_1_5'
                and (
                    numerator < denominator
                    or numerator > 5 * denominator
                    or sum_of_squares * denominator < numerator * numerator - 0.000001
                )
            """,
            name="scores_are_possible",
            says="a sum of scores is from 1 to 5 for each answer, and its sum of squares fits",
            action="correct the scale of the metric's question, or its SQL; build again",
        ),
        no_rows(
            f"""
            select metric_id, service_point_id, opening_date, duration_seconds
            from {{batch}}
            where
                (statistic = 'km_quantile') <> (duration_seconds is not null)
                or duration_seconds < 0
                or (unit = 'minutes' and duration_seconds > {LONGEST_WAIT_SECONDS})
            """,
            name="duration_only_for_quantiles",
            says="components of quantiles, and no others, have a duration; one in minutes is at most 4 hours",
            action="mend the metric's SQL, build again",
        ),
        no_rows(
            """
            select metric_id, min(opening_date) as first_date, max(opening_date) as last_date
            from {batch}
            where
                opening_date is null
                or opening_date < current_setting('pulssi.month')::date - interval '1 month'
                or opening_date >= current_setting('pulssi.month')::date + interval '1 month'
            group by 1
            """,
            name="days_of_the_built_months",
            says="components are of the month and the month before",
            action="mend the metric's SQL or the fact that it reads, build again",
        ),
    ],
)
