with

attempts as (

    select * from {{ ref('int_ticket_attempts_chosen') }}

),

stages as (

    select * from {{ ref('int_ticket_stages_dated') }}

),

agencies as (

    select * from {{ ref('int_agencies_succeeded') }}

),

tickets as (

    select
        stages.ticket_key,
        coalesce(attempts.event_key, stages.first_event_key) as arrival_event_key,
        coalesce(attempts.visit_key, stages.ticket_key) as visit_id,
        coalesce(attempts.booking_key, stages.booking_key) as booking_key,
        coalesce(attempts.service_point_id, stages.service_point_id) as service_point_id,
        {{ agency_on('attempts.agency_code', 'attempts.issued_date', 'agencies') }} as agency_code,
        coalesce(attempts.access, 'unknown') as access,
        stages.closing,
        stages.closing_state,
        {{ waiting_outcome('stages') }} as waiting_outcome,
        coalesce(attempts.reverted_attempt_count, 0) as reverted_attempt_count,
        coalesce(attempts.purpose, 'unknown') <> 'booking_only' as is_counted,
        stages.has_duplicate_transition,
        stages.has_event_after_close,
        stages.is_time_inaccurate,
        coalesce(attempts.issued_date, stages.first_date) as opening_date,
        coalesce(attempts.issued_at, stages.first_event_at) as arrived_at,
        attempts.issued_at,
        stages.checked_in_at,
        stages.called_at,
        stages.started_at,
        stages.closed_at

    from stages
    left join attempts on stages.ticket_key = attempts.ticket_key

),

waits_ended as (

    select
        *,
        case waiting_outcome when 'called' then called_at when 'left' then closed_at end as wait_ended_at

    from tickets

),

timed as (

    select
        *,
        {{ seconds_between('issued_at', 'wait_ended_at') }} as wait_seconds_as_told,
        {{ seconds_between('called_at', 'started_at') }} as preparation_seconds_as_told,
        case
            when
                closing = 'ended'
                and closing_state in ('completed', 'referred')
                and not bool_or(is_time_inaccurate) over (partition by visit_id)
                then {{ seconds_between('started_at', 'closed_at') }}
        end as service_seconds_as_told,
        issued_at is null
        or waiting_outcome = 'not_recorded'
        or (started_at is null and closing_state in ('completed', 'referred')) as has_missing_event

    from waits_ended

),

judged as (

    select
        *,
        {{ plausible_seconds('wait_seconds_as_told', 'longest_wait_seconds') }} as wait_seconds,
        {{ plausible_seconds('preparation_seconds_as_told', 'longest_preparation_seconds') }} as preparation_seconds,
        {{ plausible_seconds('service_seconds_as_told', 'longest_service_seconds') }} as service_seconds,
        waiting_outcome = 'unknown' as is_fate_unknown,
        {{ is_implausible('wait_seconds_as_told', 'longest_wait_seconds') }} as is_wait_implausible,
        {{ is_implausible('preparation_seconds_as_told', 'longest_preparation_seconds') }}
            as is_preparation_implausible,
        {{ is_implausible('service_seconds_as_told', 'longest_service_seconds') }} as is_service_implausible

    from timed

)

select * from judged
