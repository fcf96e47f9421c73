"""Values of the metrics: possible, complete over points and metrics, adding up, and missing only with a reason."""

import great_expectations as gx
import great_expectations.expectations as gxe

from expectations.checks import WARNING, check, no_rows
from infra.settings import ROOT

FILES = (ROOT / "dbt" / "models" / "metrics").glob("*.yml")
METRICS = sorted({path.stem.split("__v")[0] for path in FILES if path.stem[0] != "_"})
LEVELS = ["service_point", "team_area", "region", "size_class", "agency", "national"]
MISSING_REASONS = ["closed", "no_source", "no_wave", "not_delivered", "no_observations", "nothing_to_divide_by"]

BATCH = """
select * from warehouse.metric_values
where
    period_kind = 'month' and breakdown = 'total' and is_in_force and level <> 'point_agency'
    and period >= current_setting('pulssi.month_before')::date
    and period < current_setting('pulssi.next_month')::date
"""

SUITE = gx.ExpectationSuite(
    "metrics.values",
    expectations=[
        check(
            gxe.ExpectColumnDistinctValuesToEqualSet,
            column="metric_id",
            value_set=METRICS,
            name="every_metric_is_there",
            says="each metric of the catalogue, and no other, has values",
            action="add the metric to metric_components, or remove its files; build again",
        ),
        check(
            gxe.ExpectColumnValuesToBeInSet,
            column="level",
            value_set=LEVELS,
            name="level_is_known",
            says="the level is one of those that are published",
            action="give the new level its names in release and reports first",
        ),
        check(
            gxe.ExpectColumnValuesToBeInSet,
            column="value_status",
            value_set=["observed", "beyond_range", "no_data"],
            name="value_status_is_known",
            says="the status of a value is observed, beyond_range or no_data",
            action="mend the macro of the statistic, build again",
        ),
        check(
            gxe.ExpectColumnValuesToBeInSet,
            column="missing_reason",
            value_set=MISSING_REASONS,
            name="missing_reason_is_known",
            says="the reason why a value is missing is one that reports explain",
            action="give the new reason its texts first",
        ),
        no_rows(
            """
            select metric_id, period, level, level_id, collection_mode, value, value_status, missing_reason
            from {batch}
            where
                (value is null) <> (missing_reason is not null)
                or (value is null) <> (value_status = 'no_data')
            """,
            name="missing_has_a_reason",
            says="a value is missing if and only if there is a reason for it",
            action="missing is not zero and unknown is not dropped: mend the rollup, build again",
        ),
        no_rows(
            """
            select metric_id, statistic, unit, period, level, level_id, collection_mode, value
            from {batch}
            where
                value < 0
                or (statistic = 'ratio' and value > 1)
                or (unit = 'score_1_5' and (value < 1 or value > 5))
                or (statistic = 'km_quantile' and unit = 'minutes' and value > 240)
            """,
            name="value_is_possible",
            says=("shares are from 0 to 1, scores from 1 to 5, waits from 0 to 240 minutes, counts not negative"),
            action="the metric's SQL or its statistic is wrong: mend, build again",
        ),
        no_rows(
            """
            select metric_id, period, level, level_id, collection_mode, value, numerator, denominator
            from {batch}
            where
                statistic in ('ratio', 'mean')
                and abs(value * denominator - numerator) > 0.000001 * greatest(denominator, 1)
            """,
            name="value_is_its_parts",
            says="shares and means are numerator / denominator",
            action="mend the macro of the statistic, build again",
        ),
        no_rows(
            """
            select
                metric_id, metric_version, period, collection_mode, sums.numerator, sums.denominator,
                nation.numerator as national_numerator, nation.denominator as national_denominator
            from (
                select metric_id, metric_version, period, collection_mode, numerator, denominator
                from {batch}
                where level = 'national' and coalesce(numerator, denominator) is not null
            ) as nation
            full join (
                select
                    metric_id, metric_version, period, collection_mode,
                    sum(numerator) as numerator, sum(denominator) as denominator
                from (
                    select metric_id, metric_version, period, collection_mode, numerator, denominator
                    from {batch}
                    where level = 'service_point' and coalesce(numerator, denominator) is not null
                    union all
                    select
                        metric_id, metric_version, date_trunc('month', opening_date)::date, collection_mode,
                        numerator, denominator
                    from warehouse.metric_components as components
                    inner join warehouse.metric_definitions as definitions using (metric_id, metric_version)
                    where
                        service_point_id is null
                        and opening_date >= current_setting('pulssi.month')::date - interval '1 month'
                        and opening_date < current_setting('pulssi.month')::date + interval '1 month'
                        and date_trunc('month', opening_date)::date >= definitions.valid_from
                        and date_trunc('month', opening_date)::date < coalesce(definitions.valid_to, 'infinity')
                ) as parts
                where (metric_id, metric_version, period, collection_mode) not in (
                    select metric_id, metric_version, period, collection_mode from warehouse.metric_partial_sums
                )
                group by 1, 2, 3, 4
            ) as sums using (metric_id, metric_version, period, collection_mode)
            where
                sums.numerator is distinct from nation.numerator
                or sums.denominator is distinct from nation.denominator
            """,
            name="points_add_up_to_the_nation",
            says="components of all points, and of no point, add up to the national ones",
            action=(
                "a point is lost or counted twice in the rollup (no region, overlapping validity?): "
                "mend it, build again"
            ),
        ),
        no_rows(
            """
            select service_point_id, metric_id
            from warehouse.dim_service_points as points
            cross join (
                select distinct metric_id from warehouse.metric_definitions where lowest_level = 'service_point'
            ) as metrics
            where
                points.valid_from < current_setting('pulssi.month')::date + interval '1 month'
                and coalesce(points.valid_to, 'infinity') > current_setting('pulssi.month')::date
                and (service_point_id, metric_id) not in (
                    select level_id, metric_id
                    from {batch}
                    where level = 'service_point' and period = current_setting('pulssi.month')::date
                )
            """,
            name="every_point_has_every_metric",
            says=("each point of the month has a row for each metric, be it one that says why there is no value"),
            action="mend the rollup's list of expected rows, build again",
        ),
        no_rows(
            """
            select now.metric_id, now.level_id as service_point_id, now.collection_mode,
                coalesce(earlier.denominator, earlier.numerator) as before_count,
                coalesce(now.denominator, now.numerator, 0) as now_count
            from (select * from {batch}) as now
            inner join (select * from {batch}) as earlier using (metric_id, level, level_id, collection_mode)
            where
                level = 'service_point'
                and now.period = current_setting('pulssi.month')::date
                and earlier.period < now.period
                and coalesce(earlier.denominator, earlier.numerator) >= 30
                and coalesce(now.denominator, now.numerator, 0) < 0.5 * coalesce(earlier.denominator, earlier.numerator)
            """,
            name="volume_does_not_halve",
            says="a point has at least half of the observations of the month before",
            action="ask the point: a closed day, a dead device or a broken source; see its completeness",
            severity=WARNING,
        ),
    ],
)
