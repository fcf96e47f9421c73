with

tickets as (

    select * from {{ ref('int_tickets_joined') }}

),

opening_days as (

    select * from {{ ref('int_opening_days_dated') }}

),

waits_ended as (

    select
        *,
        -- Times known to the hour only are no ends of a wait.
        case
            when is_time_coarse then null
            when waiting_outcome = 'called' then called_at
            when waiting_outcome = 'left' then closed_at
        end as wait_ended_at,
        case when not is_time_coarse then started_at end as service_began_at,
        case
            when not is_time_coarse and coalesce(closing_state <> 'closed_by_system', true) then closed_at
        end as stay_ended_at,
        bool_or(is_time_inaccurate) over (partition by service_point_id, visit_id) as is_visit_inaccurate

    from tickets

),

timed as (

    select
        *,
        {{ seconds_between('issued_at', 'wait_ended_at') }} as elapsed_wait_as_told,
        {{ seconds_between('issued_at', 'stay_ended_at') }} as stay_seconds_as_told,
        {{ reported_wait('opening_days', 'waits_ended.service_point_id', 'issued_at', 'wait_ended_at') }}
            as wait_seconds_as_told,
        {{ reported_wait('opening_days', 'waits_ended.service_point_id', 'issued_at', 'service_began_at') }}
            as wait_to_service_as_told,
        case when not is_visit_inaccurate then serving_seconds_as_told end as service_seconds_as_told,
        coalesce({{ is_overnight('issued_at', 'wait_ended_at') }}, false) or is_repeat_wait_overnight as is_overnight,
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
        {{ plausible_seconds('wait_to_service_as_told', 'longest_wait_seconds') }} as wait_to_service_seconds,
        {{ plausible_seconds('preparation_seconds_as_told', 'longest_preparation_seconds') }} as preparation_seconds,
        {{ plausible_seconds('service_seconds_as_told', 'longest_service_seconds') }} as service_seconds,
        {{ plausible_seconds('hold_seconds_as_told', 'longest_hold_seconds') }} as hold_seconds,
        {{ plausible_seconds('repeat_wait_seconds_as_told', 'longest_wait_seconds') }} as repeat_wait_seconds,
        case when elapsed_wait_as_told is not null then cast(greatest(floor(elapsed_wait_as_told), 0) as bigint) end
            as elapsed_wait_seconds,
        case when stay_seconds_as_told is not null then cast(greatest(floor(stay_seconds_as_told), 0) as bigint) end
            as stay_seconds,
        waiting_outcome = 'unknown' as is_fate_unknown,
        {{ is_implausible('wait_seconds_as_told', 'longest_wait_seconds') }} as is_wait_implausible,
        {{ is_implausible('repeat_wait_seconds_as_told', 'longest_wait_seconds') }}
        or is_repeat_wait_negative as is_repeat_wait_implausible,
        {{ is_implausible('preparation_seconds_as_told', 'longest_preparation_seconds') }}
        or is_preparation_negative as is_preparation_implausible,
        {{ is_implausible('service_seconds_as_told', 'longest_service_seconds') }}
        or is_service_negative as is_service_implausible,
        {{ is_implausible('hold_seconds_as_told', 'longest_hold_seconds') }} as is_hold_implausible

    from timed

),

ruled as (

    select
        *,
        wait_seconds + repeat_wait_seconds as total_wait_seconds,
        {{ rules_applied({
            'same_event_again': 'has_duplicate_transition',
            'order': 'has_reordered_time',
            'gap': 'has_missing_event',
            'leaving': "closing = 'abandoned' or closing_state = 'left'",
            'event_after_close': 'has_event_after_close',
            'reverted': 'reverted_attempt_count > 0',
            'held_at_the_end': 'is_held_at_the_end',
            'recalled': 'is_recalled',
            'never_closed': "is_closed_by_night or closing_state = 'closed_by_system'",
            'plausibility': 'is_wait_implausible or is_repeat_wait_implausible or is_preparation_implausible'
                ~ ' or is_service_implausible or is_hold_implausible',
            'inaccurate': 'is_visit_inaccurate',
            'overnight': 'is_overnight',
            'zero': 'wait_seconds = 0',
            'partial': '(wait_seconds is null) <> (repeat_wait_seconds is null)',
            'owner': 'has_owner_change',
            'transferred': 'is_transferred',
            'returned': 'is_returned',
            'chained': 'is_chained',
            'coarse_time': 'is_time_coarse',
            'corrected_time': 'has_corrected_time',
        }) }} as rules_applied

    from judged

)

select * from ruled
