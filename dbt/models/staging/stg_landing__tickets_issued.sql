with

events as (

    select * from {{ ref('stg_landing__events') }}

),

tickets_issued as (

    select
        event_key,
        source,
        service_point_id,
        data ->> 'ticket_key' as ticket_key,
        data ->> 'visit_key' as visit_key,
        data ->> 'booking_key' as booking_key,
        data ->> 'chained_from' as chained_from_key,
        data ->> 'queue_code' as queue_code,
        data ->> 'agency' as agency_code,
        data ->> 'service_code' as service_code,
        data ->> 'stop_id' as stop_id,
        data ->> 'language' as language,
        data ->> 'access' as access,
        data ->> 'purpose' as purpose,
        cast(data ->> 'party_size' as integer) as party_size,
        occurred_hour,
        is_timed,
        is_time_corrected,
        occurred_date,
        occurred_at,
        known_at

    from events

    where event_type = 'queue.ticket_issued'

)

select * from tickets_issued
