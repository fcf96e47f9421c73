with

events as (

    select * from {{ ref('stg_landing__events') }}

),

session_events as (

    select
        event_key,
        source,
        event_type,
        service_point_id,
        data ->> 'session_key' as session_key,
        data ->> 'kind' as session_kind,
        data ->> 'device_id' as device_id,
        data ->> 'agency' as agency_code,
        data ->> 'fault_code' as fault_code,
        cast(data ->> 'interpreting_used' as boolean) as is_interpreted,
        cast(data ->> 'connected_at' as timestamptz) as connected_at,
        is_timed,
        occurred_date,
        occurred_at,
        known_at

    from events

    where
        event_type in (
            'session.started', 'session.help_requested', 'session.help_arrived', 'session.fault', 'session.ended'
        )

)

select * from session_events
