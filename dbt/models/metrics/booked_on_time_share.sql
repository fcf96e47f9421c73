with

booked_arrivals as (

    select * from {{ ref('fct_booked_arrivals') }}

),

in_time_arrivals_counted as (

    select
        service_point_id,
        agency_code,
        'booking_system' as collection_mode,
        coalesce(
            sum(ticket_count) filter (where call_delay_seconds <= {{ var('booked_on_time_seconds') }}), 0
        ) as numerator,
        sum(ticket_count) as denominator,
        opening_date

    from booked_arrivals

    where
        not is_time_coarse
        and check_in_delay_seconds <= {{ var('booked_late_arrival_seconds') }}

    group by service_point_id, agency_code, opening_date

)

select * from in_time_arrivals_counted
