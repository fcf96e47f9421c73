with

tickets as (

    select * from {{ ref('int_tickets_joined') }}

),

waits_ended as (

    select
        *,
        -- Times known to the hour only are no ends of a wait.
        case
            when is_time_coarse then null
            when waiting_outcome = 'called' then called_at
            when waiting_outcome = 'left' then closed_at
        end as wait_ended_at

    from tickets

),

timed as (

    select
        *,
        {{ seconds_between('issued_at', 'wait_ended_at') }} as wait_seconds_as_told,
        case
            when
                closing = 'ended'
                and closing_state in ('completed', 'referred')
                and not bool_or(is_time_inaccurate) over (partition by visit_id)
                then serving_seconds_as_told
        end as service_seconds_as_told,
        has_gap
        or issued_at is null
        or waiting_outcome = 'not_recorded'
        or coalesce(started_at is null and closing_state in ('completed', 'referred'), false) as has_missing_event

    from waits_ended

),

judged as (

    select
        *,
        {{ plausible_seconds('wait_seconds_as_told', 'longest_wait_seconds') }} as wait_seconds,
        {{ plausible_seconds('preparation_seconds_as_told', 'longest_preparation_seconds') }} as preparation_seconds,
        {{ plausible_seconds('service_seconds_as_told', 'longest_service_seconds') }} as service_seconds,
        {{ plausible_seconds('hold_seconds_as_told', 'longest_hold_seconds') }} as hold_seconds,
        {{ plausible_seconds('repeat_wait_seconds_as_told', 'longest_wait_seconds') }} as repeat_wait_seconds,
        waiting_outcome = 'unknown' as is_fate_unknown,
        {{ is_implausible('wait_seconds_as_told', 'longest_wait_seconds') }} as is_wait_implausible,
        {{ is_implausible('preparation_seconds_as_told', 'longest_preparation_seconds') }}
            as is_preparation_implausible,
        {{ is_implausible('service_seconds_as_told', 'longest_service_seconds') }} as is_service_implausible

    from timed

)

select * from judged
