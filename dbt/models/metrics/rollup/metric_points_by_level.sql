with

places as (

    select * from {{ ref('metric_places') }}

    where is_registered

),

presences as (

    select * from {{ ref('dim_presences') }}

),

periods as (

    select
        period,
        cast(period + interval '1 month' as date) as next_period

    from {{ built_months() }}

),

points_with_their_agencies as (

    select
        periods.period,
        places.service_point_id,
        places.team_id,
        places.region_code,
        places.size_class,
        presences.agency_code

    from periods
    inner join places
        on
            periods.next_period > places.valid_from
            and periods.period < coalesce(places.valid_to, 'infinity')
    left join presences
        on
            places.service_point_id = presences.service_point_id
            and periods.next_period > presences.valid_from
            and periods.period < coalesce(presences.valid_to, 'infinity')

),

points_by_level as (

    select distinct
        points.service_point_id,
        levels.level,
        levels.level_id,
        points.period

    from points_with_their_agencies as points
    {{ at_levels('points') }}

    where levels.level_id is not null

)

select * from points_by_level
