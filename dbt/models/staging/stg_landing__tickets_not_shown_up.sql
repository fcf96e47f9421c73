with

events as (

    select * from {{ ref('stg_landing__events') }}

),

tickets_not_shown_up as (

    select
        event_key,
        source,
        service_point_id,
        data ->> 'ticket_key' as ticket_key,
        is_timed,
        is_time_corrected,
        occurred_date,
        occurred_at,
        known_at

    from events

    where event_type = 'queue.no_show'

)

select * from tickets_not_shown_up
