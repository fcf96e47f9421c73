with

events as (

    select * from {{ ref('stg_landing__events') }}

),

bookings_changed as (

    select
        event_key,
        source,
        service_point_id,
        data ->> 'booking_key' as booking_key,
        data ->> 'agency' as agency_code,
        data ->> 'service_code' as service_code,
        data ->> 'service_mode' as service_mode,
        data ->> 'made_by' as made_by,
        cast(data ->> 'sequence' as integer) as sequence,
        cast(data ->> 'slot_start' as timestamptz) as slot_starts_at,
        cast(data ->> 'slot_end' as timestamptz) as slot_ends_at,
        occurred_date,
        occurred_at,
        known_at

    from events

    where event_type = 'booking.changed'

)

select * from bookings_changed
