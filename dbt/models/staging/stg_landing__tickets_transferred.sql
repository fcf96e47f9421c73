with

events as (

    select * from {{ ref('stg_landing__events') }}

),

tickets_transferred as (

    select
        event_key,
        source,
        service_point_id,
        data ->> 'ticket_key' as ticket_key,
        data ->> 'to_queue_code' as to_queue_code,
        data ->> 'to_agency' as to_agency_code,
        data ->> 'reason' as reason_code,
        is_timed,
        is_time_corrected,
        occurred_date,
        occurred_at,
        known_at

    from events

    where event_type = 'queue.transferred'

)

select * from tickets_transferred
