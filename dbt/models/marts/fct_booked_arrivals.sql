with

booked_tickets as (

    select * from {{ ref('int_booked_tickets_timed') }}

),

counted_by_day_and_second as (

    select
        service_point_id,
        agency_code,
        waiting_outcome,
        check_in_delay_seconds,
        call_delay_seconds,
        booked_wait_seconds,
        count(*) as ticket_count,
        is_time_coarse,
        opening_date

    from booked_tickets

    where {{ in_built_months('opening_date') }}

    group by
        service_point_id, agency_code, waiting_outcome, check_in_delay_seconds, call_delay_seconds, booked_wait_seconds,
        is_time_coarse, opening_date

)

select * from counted_by_day_and_second
