with

events as (

    {{ landing_events(belongs_to_its_day=false) }}

),

services_ended as (

    select
        event_key,
        source,
        service_point_id,
        data ->> 'ticket_key' as ticket_key,
        data ->> 'desk_id' as desk_id,
        data ->> 'end_state' as end_state,
        coalesce(cast(data ->> 'time_inaccurate' as boolean), false) as is_time_inaccurate,
        occurred_date,
        occurred_at,
        received_at

    from events

    where event_type = 'queue.service_ended'

)

select * from services_ended
