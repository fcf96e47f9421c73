"""Completeness: parts within wholes, unknown never written as zero."""

import great_expectations as gx

from expectations.checks import WARNING, no_rows

BATCH = """
select * from warehouse.completeness_values
where
    period >= current_setting('pulssi.month_before')::date
    and period < current_setting('pulssi.next_month')::date
"""

SUITE = gx.ExpectationSuite(
    "metrics.completeness",
    expectations=[
        no_rows(
            """
            select period, level, level_id, source_family, collection_mode, measured_minutes, opening_minutes
            from {batch}
            where measured_minutes < 0 or measured_minutes > opening_minutes
            """,
            name="measured_within_opening",
            says="measured minutes are at most the opening minutes",
            action=("an installation is counted twice, or hours overlap in opening_hours.csv: mend, build again"),
        ),
        no_rows(
            """
            select
                period, level, level_id, source_family, collection_mode, delivered_source_count, expected_source_count
            from {batch}
            where
                delivered_source_count < 0
                or delivered_source_count > expected_source_count
                or expected_source_count = 0
                or opening_minutes = 0
            """,
            name="delivered_within_expected",
            says="delivered sources are at most the expected ones, and an unknown denominator is null, not 0",
            action="correct sources.csv, or the model of completeness_values; build again",
        ),
        no_rows(
            """
            select level_id as service_point_id, collection_mode as source_family, measured_minutes, opening_minutes
            from {batch}
            where
                level = 'service_point'
                and source_family = 'device'
                and period = current_setting('pulssi.month')::date
                and measured_minutes < 0.8 * opening_minutes
            """,
            name="most_hours_are_measured",
            says="at least 80 % of the opening hours of a point are measured",
            action=("ask the owner of the source when its device was dead; the report says so beside its figures"),
            severity=WARNING,
        ),
    ],
)
