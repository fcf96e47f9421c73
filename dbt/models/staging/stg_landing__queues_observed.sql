with

events as (

    select * from {{ ref('stg_landing__events') }}

),

queues_observed as (

    select
        event_key,
        source,
        service_point_id,
        data ->> 'queue_code' as queue_code,
        data ->> 'agency' as agency_code,
        data ->> 'last_called' as last_called,
        cast(data ->> 'waiting_count' as integer) as waiting_count,
        cast(data ->> 'open_desk_count' as integer) as open_desk_count,
        cast(data ->> 'announced_wait_minutes' as integer) as announced_wait_minutes,
        data -> 'flags' as flags,
        cast(data ->> 'is_open' as boolean) as is_open,
        is_timed,
        occurred_date,
        occurred_at,
        known_at

    from events

    where event_type = 'queue.observed'

)

select * from queues_observed
