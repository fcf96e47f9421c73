with

events as (

    {{ landing_events(belongs_to_its_day=false) }}

),

tickets_checked_in as (

    select
        event_key,
        source,
        service_point_id,
        data ->> 'ticket_key' as ticket_key,
        data ->> 'booking_key' as booking_key,
        occurred_date,
        occurred_at,
        received_at

    from events

    where event_type = 'queue.checked_in'

)

select * from tickets_checked_in
