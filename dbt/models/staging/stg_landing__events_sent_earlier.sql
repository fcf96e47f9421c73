with

-- A correction may mean what was received before all that a build reads: sought there, and read for nothing else.
events_before_those_of_the_built_months as (

    select
        event_key,
        event_id,
        source,
        event_type,
        time_precision,
        utc_offset_minutes,
        cast(data as jsonb) as data,
        occurred_at,
        received_at

    from {{ source('landing', 'event') }}

    where {{ is_received_far_ahead('received_at') }}

)

select * from events_before_those_of_the_built_months
