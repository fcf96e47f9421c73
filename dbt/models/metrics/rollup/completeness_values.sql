with

points_by_level as (

    select * from {{ ref('metric_points_by_level') }}

),

sources_by_level as (

    select * from {{ ref('metric_sources_by_level') }}

),

measured_minutes as (

    select * from {{ ref('fct_measured_minutes') }}

),

minutes_by_point as (

    select
        service_point_id,
        source_family,
        sum(measured_minutes) as measured_minutes,
        sum(opening_minutes) as opening_minutes,
        cast(date_trunc('month', opening_date) as date) as period

    from measured_minutes

    group by service_point_id, source_family, date_trunc('month', opening_date)

),

minutes_by_level as (

    select
        points_by_level.level,
        points_by_level.level_id,
        minutes_by_point.source_family,
        sum(minutes_by_point.measured_minutes) as measured_minutes,
        sum(minutes_by_point.opening_minutes) as opening_minutes,
        points_by_level.period

    from points_by_level
    inner join minutes_by_point
        on
            points_by_level.service_point_id = minutes_by_point.service_point_id
            and points_by_level.period = minutes_by_point.period

    group by points_by_level.level, points_by_level.level_id, minutes_by_point.source_family, points_by_level.period

),

source_counts as (

    select
        level,
        level_id,
        source_family,
        count(distinct source) filter (where is_delivered) as delivered_source_count,
        count(distinct source) as expected_source_count,
        period

    from sources_by_level

    group by level, level_id, source_family, period

),

levels_and_families as (

    select distinct
        points_by_level.level,
        points_by_level.level_id,
        families.source_family,
        points_by_level.period

    from points_by_level
    cross join (values ('feedback'), ('queue'), ('booking')) as families (source_family)

),

-- What is not known stays null: no expected source and no opening hours are no zeros.
final as (

    select
        level,
        level_id,
        source_family,
        minutes_by_level.measured_minutes,
        minutes_by_level.opening_minutes,
        source_counts.delivered_source_count,
        source_counts.expected_source_count,
        period

    from levels_and_families
    left join minutes_by_level using (level, level_id, source_family, period)
    left join source_counts using (level, level_id, source_family, period)

)

select * from final
