with

tickets as (

    select * from {{ ref('int_tickets_followed') }}

),

counted_by_day_and_second as (

    select
        service_point_id,
        agency_code,
        access,
        wait_seconds,
        count(*) filter (where waiting_outcome = 'called') as called_count,
        count(*) filter (where waiting_outcome = 'left') as left_count,
        opening_date

    from tickets

    where
        is_counted
        and wait_seconds is not null
        and {{ in_built_months('opening_date') }}

    group by service_point_id, agency_code, access, wait_seconds, opening_date

)

select * from counted_by_day_and_second
