with

attempts as (

    select * from {{ ref('int_ticket_attempts_chosen') }}

),

chains as (

    select * from {{ ref('int_tickets_chained') }}

),

stages as (

    select * from {{ ref('int_ticket_stages_dated') }}

),

intervals_summed as (

    select * from {{ ref('int_ticket_intervals_summed') }}

),

agencies as (

    select * from {{ ref('int_agencies_succeeded') }}

),

tickets as (

    select
        stages.ticket_key,
        coalesce(attempts.event_key, stages.first_event_key) as arrival_event_key,
        coalesce(chains.visit_id, attempts.visit_key, stages.ticket_key) as visit_id,
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
        coalesce(chains.chain_length, 0) > 0 as is_chained,
        stages.is_transferred,
        stages.is_outcome_unmapped,
        stages.is_time_coarse,
        stages.has_corrected_time,
        stages.is_time_inaccurate,
        coalesce(intervals_summed.has_gap, false) as has_gap,
        case when intervals_summed.unknown_wait_count = 0 then intervals_summed.repeat_wait_seconds_as_told end
            as repeat_wait_seconds_as_told,
        intervals_summed.preparation_seconds_as_told,
        case when intervals_summed.unknown_service_count = 0 then intervals_summed.serving_seconds_as_told end
            as serving_seconds_as_told,
        case when intervals_summed.unknown_service_count = 0 then intervals_summed.hold_seconds_as_told end
            as hold_seconds_as_told,
        coalesce(attempts.issued_date, stages.first_date) as opening_date,
        coalesce(attempts.issued_at, stages.first_event_at) as arrived_at,
        attempts.issued_at,
        stages.checked_in_at,
        stages.called_at,
        stages.started_at,
        stages.closed_at

    from stages
    left join attempts on stages.ticket_key = attempts.ticket_key
    left join chains on stages.ticket_key = chains.ticket_key
    left join intervals_summed on stages.ticket_key = intervals_summed.ticket_key

)

select * from tickets
