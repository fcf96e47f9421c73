with

visits as (

    select * from {{ ref('fct_visits_by_day') }}

),

legs as (

    select * from {{ ref('fct_service_legs') }}

),

sessions as (

    select * from {{ ref('fct_sessions') }}

),

-- A customer on hold keeps the place of service taken.
used as (

    select
        service_point_id,
        agency_code,
        'visits' as measure,
        visit_count as quantity,
        opening_date

    from visits

    union all

    select
        service_point_id,
        agency_code,
        case state when 'waiting' then 'waiting_minutes' else 'desk_minutes' end as measure,
        leg_seconds / 60.0 as quantity,
        opening_date

    from legs

    where state in ('waiting', 'serving', 'held') and leg_seconds is not null

    union all

    select
        service_point_id,
        agency_code,
        case session_kind when 'self_service' then 'self_service_minutes' else 'remote_room_minutes' end as measure,
        duration_seconds / 60.0 as quantity,
        opening_date

    from sessions

    where session_kind in ('self_service', 'remote') and duration_seconds is not null

),

summed_by_day as (

    select
        service_point_id,
        agency_code,
        measure,
        sum(quantity) as quantity,
        opening_date

    from used

    where {{ in_built_months('opening_date') }}

    group by service_point_id, agency_code, measure, opening_date

)

select * from summed_by_day
