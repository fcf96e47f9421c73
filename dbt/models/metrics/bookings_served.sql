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
        count(*) as numerator,
        cast(null as bigint) as denominator,
        opening_date

    from bookings

    where is_served

    group by service_point_id, agency_code, service_code, service_mode, opening_hour, opening_date

)

select * from bookings_counted
