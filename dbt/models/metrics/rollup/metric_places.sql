with

service_points as (

    select * from {{ ref('dim_service_points') }}

),

teams as (

    select * from {{ ref('dim_teams') }}

),

-- Every day on which a point may change its place, and one before all of them.
changes as (

    select
        service_point_id,
        cast('-infinity' as date) as valid_from

    from service_points

    union distinct

    select
        service_points.service_point_id,
        bounds.bound as valid_from

    from service_points
    cross join lateral (values (service_points.valid_from), (service_points.valid_to)) as bounds (bound)

    where bounds.bound is not null

    union distinct

    select
        teams.service_point_id,
        bounds.bound as valid_from

    from teams
    cross join lateral (values (teams.valid_from), (teams.valid_to)) as bounds (bound)

    where bounds.bound is not null

),

spans as (

    select
        service_point_id,
        valid_from,
        lead(valid_from) over (partition by service_point_id order by valid_from) as valid_to

    from changes

),

places as (

    select
        row_number() over (order by spans.service_point_id, spans.valid_from) as place_id,
        spans.service_point_id,
        service_points.region_code,
        service_points.size_class,
        teams.team_id,
        service_points.service_point_id is not null as is_registered,
        spans.valid_from,
        spans.valid_to

    from spans
    left join service_points
        on
            spans.service_point_id = service_points.service_point_id
            and {{ is_valid_on('service_points', 'spans.valid_from') }}
    left join teams
        on
            spans.service_point_id = teams.service_point_id
            and {{ is_valid_on('teams', 'spans.valid_from') }}

)

select * from places
