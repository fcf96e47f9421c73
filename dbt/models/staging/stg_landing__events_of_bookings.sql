{{ config(indexes=[{'columns': ['event_id']}]) }} -- as landing.event has, for what corrections mean

with

events as (

    select * from {{ source('landing', 'event') }}

),

bookings_concerned as (

    select * from {{ ref('stg_landing__bookings_concerned') }}

),

of_bookings as (

    select events.*

    from bookings_concerned
    inner join events
        on bookings_concerned.booking_key = coalesce(events.data ->> 'incident_key', events.data ->> 'booking_key')

    where
        {{ is_of_a_booking('events.event_type') }}
        and {{ is_received_far_ahead('events.received_at') }}

)

select * from of_bookings
