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

    where
        received_at >= {{ instant_of(
            'cast(' ~ first_built_day() ~ ' - ' ~ var('longest_days_booked_ahead') ~ ' as timestamp)'
        ) }}
        and received_at < {{ instant_of('cast(' ~ first_built_day(-1) ~ ' as timestamp)') }}

)

select * from events_before_those_of_the_built_months
