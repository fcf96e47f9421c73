with

events as (

    select * from {{ ref('stg_landing__events') }}

),

heartbeats as (

    select
        event_key,
        source,
        service_point_id,
        data ->> 'device_id' as device_id,
        data ->> 'device_kind' as device_kind,
        data ->> 'firmware' as firmware,
        cast(data ->> 'buffered_events' as integer) as buffered_event_count,
        cast(data ->> 'clock_offset_ms' as bigint) as clock_offset_ms,
        clock_shift_seconds,
        is_timed,
        is_time_corrected,
        occurred_date,
        occurred_at,
        told_at,
        received_at

    from events

    where event_type = 'device.heartbeat'

)

select * from heartbeats
