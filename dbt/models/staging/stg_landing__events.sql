with

events as (

    select * from {{ ref('stg_landing__events_judged') }}

),

events_that_count as (

    select
        event_key,
        source,
        event_type,
        service_point_id,
        time_precision,
        clock_shift_seconds,
        data,
        occurred_hour,
        is_timed,
        is_amended,
        is_time_corrected,
        is_future,
        occurred_date,
        about_date,
        occurred_at,
        told_at,
        received_at,
        known_at

    from events

    where disposition = 'counts'

)

select * from events_that_count
