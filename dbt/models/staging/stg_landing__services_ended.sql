with

events as (

    select * from {{ ref('stg_landing__events') }}

),

services_ended as (

    select
        event_key,
        source,
        service_point_id,
        data ->> 'ticket_key' as ticket_key,
        data ->> 'desk_id' as desk_id,
        data ->> 'end_state' as end_state,
        data ->> 'unmapped_outcome' as unmapped_outcome,
        coalesce(cast(data ->> 'time_inaccurate' as boolean), false) as is_time_inaccurate,
        is_timed,
        is_time_corrected,
        occurred_date,
        occurred_at,
        known_at

    from events

    where event_type = 'queue.service_ended'

)

select * from services_ended
