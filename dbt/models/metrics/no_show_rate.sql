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

    -- Of a day on which nobody could tell who stayed away, those who came are not in the base either.
    where is_due and is_arrival_measured

    group by service_point_id, agency_code, service_code, service_mode, opening_hour, opening_date

)

select * from bookings_counted
