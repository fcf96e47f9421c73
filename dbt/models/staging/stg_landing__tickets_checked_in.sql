with

events as (

    select * from {{ ref('stg_landing__events') }}

),

tickets_checked_in as (

    select
        event_key,
        source,
        service_point_id,
        data ->> 'ticket_key' as ticket_key,
        data ->> 'booking_key' as booking_key,
        is_timed,
        is_time_corrected,
        occurred_date,
        occurred_at,
        known_at

    from events

    where event_type = 'queue.checked_in'

)

select * from tickets_checked_in
