with

bookings as (

    select * from {{ ref('fct_bookings') }}

),

bookings_counted as (

    select
        service_point_id,
        agency_code,
        'booking_system' as collection_mode,
        service_code,
        service_mode,
        opening_hour,
        count(*) filter (where is_no_show) as numerator,
        count(*) as denominator,
        opening_date

    from bookings

    -- Whether the customer came is told by a queue system only.
    where
        is_due
        and fate <> 'not_known'

    group by service_point_id, agency_code, service_code, service_mode, opening_hour, opening_date

)

select * from bookings_counted
