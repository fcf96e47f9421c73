with

definitions as (

    select * from {{ ref('metric_definitions') }}

),

points_by_level as (

    select * from {{ ref('metric_points_by_level') }}

),

modes_expected as (

    select * from {{ ref('metric_modes_expected') }}

),

opening_days as (

    select * from {{ ref('fct_opening_days') }}

),

closed_points as (

    select
        service_point_id,
        cast(date_trunc('month', opening_date) as date) as period

    from opening_days

    group by service_point_id, date_trunc('month', opening_date)

    having sum(opening_minutes) = 0

),

point_expectations as (

    select
        definitions.metric_id,
        definitions.metric_version,
        definitions.statistic,
        points_by_level.level,
        points_by_level.level_id,
        coalesce(modes_expected.collection_mode, definitions.collection_modes[1]) as collection_mode,
        case
            when closed_points.service_point_id is not null then 4
            when modes_expected.collection_mode is null then 3
            when not modes_expected.is_delivered then 2
            else 1
        end as reason_rank,
        modes_expected.collection_mode is not null as has_source,
        points_by_level.period

    from definitions
    cross join points_by_level
    left join modes_expected
        on
            points_by_level.period = modes_expected.period
            and points_by_level.level = modes_expected.level
            and points_by_level.level_id = modes_expected.level_id
            and points_by_level.service_point_id = modes_expected.service_point_id
            and definitions.source_family = modes_expected.source_family
            and modes_expected.collection_mode = any(definitions.collection_modes)
    left join closed_points
        on
            points_by_level.service_point_id = closed_points.service_point_id
            and points_by_level.period = closed_points.period

    where definitions.source_family <> 'device' or points_by_level.level <> 'agency'

),

-- A level lacks a number for the reason of the point that was nearest to giving one.
level_expectations as (

    select
        metric_id,
        metric_version,
        statistic,
        level,
        level_id,
        collection_mode,
        (array['no_observations', 'not_delivered', 'no_source', 'closed'])[min(reason_rank)] as missing_reason,
        bool_or(has_source) as has_source,
        bool_or(bool_or(has_source)) over (
            partition by metric_id, period, level, level_id
        ) as has_source_in_any_mode,
        period

    from point_expectations

    group by metric_id, metric_version, statistic, level, level_id, collection_mode, period

),

expectations as (

    select
        metric_id,
        metric_version,
        statistic,
        level,
        level_id,
        collection_mode,
        missing_reason,
        has_source,
        period

    from level_expectations

    where has_source or not has_source_in_any_mode

)

select * from expectations
