with

events as (

    select * from {{ ref('stg_landing__events') }}

),

slots_observed as (

    select
        event_key,
        source,
        service_point_id,
        data ->> 'agency' as agency_code,
        data ->> 'service_code' as service_code,
        data ->> 'service_mode' as service_mode,
        cast(data ->> 'free_count' as integer) as free_count,
        cast(data ->> 'offered_count' as integer) as offered_count,
        cast(data ->> 'horizon_days' as integer) as horizon_days,
        cast(data ->> 'first_free_at' as timestamptz) as first_free_at,
        cast(data ->> 'third_free_at' as timestamptz) as third_free_at,
        is_timed,
        occurred_date,
        occurred_at,
        known_at

    from events

    where event_type = 'booking.slots_observed'

)

select * from slots_observed
