with

events as (

    select * from {{ ref('stg_landing__events') }}

),

bookings_cancelled as (

    select
        event_key,
        source,
        service_point_id,
        data ->> 'booking_key' as booking_key,
        data ->> 'agency' as agency_code,
        occurred_date,
        occurred_at,
        known_at

    from events

    where event_type = 'booking.cancelled'

)

select * from bookings_cancelled
