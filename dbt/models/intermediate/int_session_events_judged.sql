with

session_events as (

    select * from {{ ref('stg_landing__session_events') }}

    -- A fault of a device that nobody used belongs to no session.
    where session_key is not null

),

transitions as (

    select
        event_key,
        service_point_id,
        session_key,
        agency_code,
        session_kind,
        replace(event_type, 'session.', '') as transition,
        case event_type
            when 'session.started' then 1
            when 'session.help_requested' then 2
            when 'session.help_arrived' then 3
            when 'session.fault' then 4
            else 5
        end as state_order,
        is_interpreted,
        bool_or(not is_timed) over (partition by session_key) as is_time_coarse,
        min(occurred_date) over (partition by session_key) as first_date,
        connected_at,
        occurred_at,
        known_at

    from session_events

),

-- A session belongs to the day it began: an end that is told late moves no month that is closed.
events_of_open_months as (

    select
        *,
        min(occurred_at) filter (where transition = 'ended') over (partition by session_key) as first_ended_at

    from transitions

    where {{ moves_no_closed_month('first_date', 'known_at') }}

),

judged as (

    select
        *,
        coalesce(
            not is_time_coarse and occurred_at > first_ended_at + {{ seconds('retry_seconds') }},
            false
        ) as is_after_close,
        row_number() over (
            partition by session_key, transition order by occurred_at, state_order, event_key
        ) as transition_number

    from events_of_open_months

)

select * from judged
