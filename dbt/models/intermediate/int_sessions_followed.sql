with

session_events as (

    select * from {{ ref('int_session_events_judged') }}

),

agencies as (

    select * from {{ ref('int_agencies_succeeded') }}

),

-- Place, kind and agency come from the event that began the session, or the first one that tells them.
stages as (

    select
        session_key,
        (array_agg(service_point_id order by state_order, occurred_at, event_key))[1] as service_point_id,
        (
            array_agg(session_kind order by state_order, occurred_at, event_key)
            filter (where session_kind is not null)
        )[1] as session_kind,
        (
            array_agg(agency_code order by state_order, occurred_at, event_key)
            filter (where agency_code is not null)
        )[1] as sent_agency_code,
        count(distinct agency_code) > 1
        or count(distinct session_kind) > 1
        or count(distinct service_point_id) > 1 as has_owner_change,
        count(*) filter (where transition = 'fault' and not is_after_close) as fault_count,
        count(*) filter (where transition = 'help_requested' and not is_after_close) as help_request_count,
        bool_or(is_interpreted) as is_interpreted,
        bool_or(is_time_coarse) as is_time_coarse,
        bool_or(transition in ('started', 'ended') and transition_number > 1) as has_duplicate_transition,
        bool_or(is_after_close) as has_event_after_close,
        min(first_date) as opening_date,
        min(occurred_at) as first_event_at,
        min(occurred_at) filter (where transition = 'started') as started_at,
        min(connected_at) filter (where transition = 'ended' and transition_number = 1) as connected_at,
        min(occurred_at) filter (where transition = 'help_requested' and not is_after_close) as help_requested_at,
        min(occurred_at) filter (where transition = 'help_arrived' and not is_after_close) as help_arrived_at,
        min(first_ended_at) as ended_at

    from session_events

    group by session_key

),

timed as (

    select
        *,
        {{ seconds_between('started_at', 'ended_at') }} as duration,
        {{ seconds_between('started_at', 'connected_at') }} as connection_delay,
        {{ seconds_between('connected_at', 'ended_at') }} as connected_time,
        {{ seconds_between('help_requested_at', 'coalesce(help_arrived_at, ended_at)') }} as help_wait

    from stages

),

judged as (

    select
        timed.*,
        {{ agency_on('timed.sent_agency_code', 'timed.opening_date', 'agencies') }} as agency_code,
        timed.ended_at is null as is_never_closed,
        timed.started_at is null
        or (timed.help_arrived_at is not null and timed.help_requested_at is null) as has_missing_event,
        coalesce(
            least(timed.duration, timed.connection_delay, timed.help_wait, timed.connected_time)
            < -{{ var('retry_seconds') }},
            false
        ) as is_out_of_order,
        {{ is_implausible('timed.duration', 'longest_session_seconds') }} as is_duration_implausible,
        {{ is_implausible('timed.connection_delay', 'longest_session_seconds') }} as is_connection_delay_implausible,
        {{ is_implausible('timed.help_wait', 'longest_session_seconds') }} as is_help_wait_implausible

    from timed

),

measured as (

    select
        *,
        case when not is_time_coarse then {{ plausible_seconds('duration', 'longest_session_seconds') }} end
            as duration_seconds,
        -- Who was there only after the session had ended was not there.
        case
            when not is_time_coarse and coalesce(connected_time >= -{{ var('retry_seconds') }}, true)
                then {{ plausible_seconds('connection_delay', 'longest_session_seconds') }}
        end as connection_delay_seconds,
        case when not is_time_coarse then {{ plausible_seconds('help_wait', 'longest_session_seconds') }} end
            as help_wait_seconds

    from judged

)

select * from measured
