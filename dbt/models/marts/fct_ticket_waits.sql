with

service_events as (

    select * from {{ ref('fct_service_events') }}

),

counted_by_day_and_second as (

    select
        service_point_id,
        agency_code,
        access,
        first_wait_seconds as wait_seconds,
        count(*) filter (where waiting_outcome = 'called') as called_count,
        count(*) filter (where waiting_outcome = 'left') as left_count,
        opening_date

    from service_events

    where first_wait_seconds is not null

    group by service_point_id, agency_code, access, first_wait_seconds, opening_date

)

select * from counted_by_day_and_second
