with

events as (

    {{ landing_events(belongs_to_its_day=false, reaches_back=true) }}

),

bookings_created as (

    select
        event_key,
        source,
        service_point_id,
        data ->> 'booking_key' as booking_key,
        data ->> 'agency' as agency_code,
        occurred_date,
        cast(data ->> 'slot_start' as timestamptz) as slot_starts_at,
        occurred_at,
        received_at

    from events

    where event_type = 'booking.created'

)

select * from bookings_created
