with

events as (

    select * from {{ ref('stg_landing__events') }}

),

services_held as (

    select
        event_key,
        source,
        service_point_id,
        data ->> 'ticket_key' as ticket_key,
        data ->> 'desk_id' as desk_id,
        data ->> 'service_mode' as service_mode,
        is_timed,
        is_time_corrected,
        occurred_date,
        occurred_at,
        known_at

    from events

    where event_type = 'queue.service_held'

)

select * from services_held
