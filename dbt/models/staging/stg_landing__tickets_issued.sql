with

events as (

    {{ landing_events(belongs_to_its_day=false) }}

),

tickets_issued as (

    select
        event_key,
        source,
        service_point_id,
        data ->> 'ticket_key' as ticket_key,
        data ->> 'visit_key' as visit_key,
        data ->> 'booking_key' as booking_key,
        data ->> 'agency' as agency_code,
        data ->> 'access' as access,
        data ->> 'purpose' as purpose,
        occurred_date,
        occurred_at,
        received_at

    from events

    where event_type = 'queue.ticket_issued'

)

select * from tickets_issued
