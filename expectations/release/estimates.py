"""Estimates of a month: what may leave the house, each number with all that must travel with it."""

import great_expectations as gx
import great_expectations.expectations as gxe

from expectations.checks import check, no_rows

# SDMX code lists CL_OBS_STATUS and CL_CONF_STATUS.
OBSERVATION_STATUSES = [
    "A",
    "B",
    "D",
    "E",
    "F",
    "G",
    "H",
    "I",
    "J",
    "K",
    "L",
    "M",
    "N",
    "O",
    "P",
    "Q",
    "S",
    "T",
    "U",
    "V",
]
CONFIDENTIALITY_STATUSES = ["A", "C", "D", "F", "N", "S"]
MISSING_STATUSES = "('H', 'J', 'K', 'L', 'M', 'O', 'Q')"
PASSED = ["passed", "passed_with_warnings"]

BATCH = "select * from publish.estimate where month = current_setting('pulssi.month')::date"

SUITE = gx.ExpectationSuite(
    "release.estimates",
    expectations=[
        check(
            gxe.ExpectTableRowCountToBeBetween,
            min_value=1,
            name="estimates_are_there",
            says="the month has estimates",
            action="run pulssi estimate for this month",
        ),
        no_rows(
            """
            select cutoff, count(*) as row_count
            from {batch}
            where cutoff <> current_setting('pulssi.cutoff')::timestamptz
            group by 1
            """,
            name="one_cutoff",
            says="all estimates count what was received before the same instant, that of this gate",
            action="run build, gates and estimate again with the cutoff of the release",
        ),
        no_rows(
            """
            select metric_id, min(metric_version) as first_version, max(metric_version) as last_version
            from {batch}
            group by 1 having min(metric_version) <> max(metric_version)
            """,
            name="one_version_of_each_metric",
            says="a metric is released in one version",
            action="build and estimate again: the metric changed between two runs",
        ),
        no_rows(
            """
            select metric_id, period, level, level_id, collection_mode, lower_bound, value, upper_bound
            from {batch}
            where
                value < lower_bound
                or value > upper_bound
                or (lower_bound is null and upper_bound is not null)
                or (lower_bound is not null and (value is null or interval_method is null))
            """,
            name="interval_holds_its_value",
            says="an interval has a method and holds its value; only the upper bound may be out of range",
            action="mend the interval of this metric in kpi, estimate again",
        ),
        check(
            gxe.ExpectColumnValuesToBeInSet,
            column="observation_status",
            value_set=OBSERVATION_STATUSES,
            name="observation_status_is_sdmx",
            says="the observation status is a code of CL_OBS_STATUS",
            action="mend the status in kpi, estimate again",
        ),
        check(
            gxe.ExpectColumnValuesToBeInSet,
            column="confidentiality_status",
            value_set=CONFIDENTIALITY_STATUSES,
            name="confidentiality_status_is_sdmx",
            says="the confidentiality status is a code of CL_CONF_STATUS",
            action="mend the status in kpi, estimate again",
        ),
        no_rows(
            f"""
            select metric_id, period, level, level_id, collection_mode, value, observation_status, status_reason
            from {{batch}}
            where
                (value is null and status_reason is null)
                or (value is not null and observation_status in {MISSING_STATUSES})
            """,
            name="missing_value_says_why",
            says="a value that is missing has a reason, and one that is there is not called missing",
            action="mend the status in kpi, estimate again",
        ),
        no_rows(
            """
            select metric_id, period, level, level_id, collection_mode, value, observation_count, numerator, denominator
            from {batch}
            where value is not null and (observation_count is null or observation_count < 0 or numerator is null)
            """,
            name="value_has_its_n",
            says="each value comes with its number of observations and its numerator",
            action="mend the estimate of this metric in kpi, estimate again",
        ),
        *[
            check(
                gxe.ExpectColumnValuesToBeBetween,
                column=column,
                min_value=0,
                max_value=1,
                name=f"{column}_is_a_share",
                says="completeness is from 0 to 1, or null where it is unknown",
                action="mend completeness in kpi, estimate again",
            )
            for column in ("completeness_minutes_share", "completeness_sources_share")
        ],
        check(
            gxe.ExpectColumnValuesToBeInSet,
            column="gate_verdict",
            value_set=PASSED,
            name="estimates_passed_their_gates",
            says="each number carries the verdict of gates that it passed",
            action="run the blocked gate again when its cause is mended, then estimate",
        ),
    ],
)
