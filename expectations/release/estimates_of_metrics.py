"""Estimates against the metrics: nothing lost, no value changed on the way."""

import great_expectations as gx

from expectations.checks import no_rows

BATCH = """
select
    metrics.metric_id, metrics.period, metrics.level, metrics.level_id, metrics.collection_mode,
    metrics.value as metric_value,
    estimates.value as estimate_value,
    estimates.metric_id is not null as is_estimated,
    estimates.confidentiality_status = 'F' as is_free
from warehouse.metric_values as metrics
left join publish.estimate as estimates
    on
        estimates.month = current_setting('pulssi.month')::date
        and metrics.metric_id = estimates.metric_id
        and metrics.metric_version = estimates.metric_version
        and metrics.period = estimates.period
        and metrics.level = estimates.level
        and metrics.level_id = estimates.level_id
        and metrics.collection_mode = estimates.collection_mode
where
    metrics.period_kind = 'month' and metrics.breakdown = 'total' and metrics.is_in_force
    and metrics.level in ('service_point', 'region', 'size_class', 'agency', 'national')
    and metrics.period >= current_setting('pulssi.month_before')::date
    and metrics.period < current_setting('pulssi.next_month')::date
"""

SUITE = gx.ExpectationSuite(
    "release.estimates_of_metrics",
    expectations=[
        no_rows(
            "select metric_id, level, level_id, collection_mode from {batch} where not is_estimated",
            name="every_metric_value_is_estimated",
            says="each value of the month has its estimate",
            action="run pulssi estimate again: the metrics were built after it",
        ),
        no_rows(
            """
            select metric_id, level, level_id, collection_mode, metric_value, estimate_value
            from {batch}
            where is_free and abs(metric_value - estimate_value) > 0.000001
            """,
            name="value_is_the_metric_value",
            says="an estimate's value is the one that the metric computed",
            action="run pulssi estimate again: the metrics were built after it",
        ),
    ],
)
