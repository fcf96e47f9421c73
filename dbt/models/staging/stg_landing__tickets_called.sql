with

events as (

    {{ landing_events(belongs_to_its_day=false) }}

),

tickets_called as (

    select
        event_key,
        source,
        service_point_id,
        data ->> 'ticket_key' as ticket_key,
        data ->> 'desk_id' as desk_id,
        occurred_date,
        occurred_at,
        received_at

    from events

    where event_type = 'queue.called'

)

select * from tickets_called
