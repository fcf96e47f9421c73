{{ config(materialized='by_month') }}

with

points_by_level as (

    select * from {{ ref('metric_points_by_level') }}

),

places as (

    select * from {{ ref('metric_places') }}

),

targets as (

    select * from {{ ref('dim_targets') }}

    where parameter = 'target'

),

-- The month has the target of its first day: what is agreed later is for the months to come.
levels as (

    select distinct
        points_by_level.level,
        points_by_level.level_id,
        case points_by_level.level when 'service_point' then points_by_level.level_id end as service_point_id,
        case points_by_level.level
            when 'service_point' then places.size_class
            when 'size_class' then points_by_level.level_id
        end as size_class,
        points_by_level.period

    from points_by_level
    left join places
        on
            points_by_level.level = 'service_point'
            and points_by_level.service_point_id = places.service_point_id
            and {{ is_valid_on('places', 'points_by_level.period') }}

),

nearest as (

    select distinct on (levels.level, levels.level_id, levels.period, targets.metric_id)
        targets.metric_id,
        levels.level,
        levels.level_id,
        targets.status as target_status,
        case when targets.status <> 'not_set' then targets.value end as target_value,
        levels.period

    from levels
    inner join targets
        on
            {{ is_valid_on('targets', 'levels.period') }}
            and coalesce(targets.service_point_id, levels.service_point_id, '') = coalesce(levels.service_point_id, '')
            and coalesce(targets.size_class, levels.size_class, '') = coalesce(levels.size_class, '')

    order by
        levels.level asc, levels.level_id asc, levels.period asc, targets.metric_id asc,
        targets.service_point_id asc nulls last, targets.size_class asc nulls last

)

select * from nearest
