with

definitions as (

    select * from {{ ref('metric_definitions') }}

),

point_expectations as (

    select * from {{ ref('metric_modes_by_point') }}

),

opening_days as (

    select * from {{ ref('fct_opening_days') }}

    where {{ in_built_months('opening_date') }}

),

closed_points as (

    select
        service_point_id,
        cast(date_trunc('month', opening_date) as date) as period

    from opening_days

    group by service_point_id, date_trunc('month', opening_date)

    having sum(opening_minutes) = 0

),

-- A level lacks a number for the reason of the point that was nearest to giving one.
level_expectations as (

    select
        point_expectations.metric_id,
        point_expectations.metric_version,
        point_expectations.level,
        point_expectations.level_id,
        point_expectations.collection_mode,
        (
            {{ missing_reasons() }}
        )[min(case when closed_points.period is null then point_expectations.reason_rank else 5 end)] as missing_reason,
        bool_or(point_expectations.has_source) as has_source,
        bool_or(bool_or(point_expectations.has_source)) over (
            partition by
                point_expectations.metric_id, point_expectations.metric_version, point_expectations.period,
                point_expectations.level, point_expectations.level_id
        ) as has_source_in_any_mode,
        point_expectations.period

    from point_expectations
    left join closed_points
        on
            point_expectations.service_point_id = closed_points.service_point_id
            and point_expectations.period = closed_points.period

    group by
        point_expectations.metric_id, point_expectations.metric_version, point_expectations.level,
        point_expectations.level_id, point_expectations.collection_mode, point_expectations.period

),

expectations as (

    select
        level_expectations.metric_id,
        definitions.metric_version,
        definitions.statistic,
        level_expectations.level,
        level_expectations.level_id,
        level_expectations.collection_mode,
        level_expectations.missing_reason,
        level_expectations.has_source,
        level_expectations.period

    from level_expectations
    inner join definitions
        on
            level_expectations.metric_id = definitions.metric_id
            and level_expectations.metric_version = definitions.metric_version

    where level_expectations.has_source or not level_expectations.has_source_in_any_mode

)

select * from expectations
