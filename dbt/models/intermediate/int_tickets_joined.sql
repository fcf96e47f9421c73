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

closed_stages as (

    select
        stages.*,
        {{ waiting_outcome('stages', 'coalesce(intervals_summed.is_first_call_missing, false)') }} as waiting_outcome,
        {{ instant_of("stages.last_date + 1 + time '" ~ var('night_close_time') ~ "'") }} as night_closes_at

    from stages
    left join intervals_summed on stages.ticket_key = intervals_summed.ticket_key

),

tickets as (

    select
        closed_stages.ticket_key,
        coalesce(attempts.event_key, closed_stages.first_event_key) as arrival_event_key,
        coalesce(chains.visit_id, attempts.visit_key, closed_stages.ticket_key) as visit_id,
        coalesce(attempts.booking_key, closed_stages.booking_key) as booking_key,
        coalesce(attempts.service_point_id, closed_stages.service_point_id) as service_point_id,
        {{ agency_on('attempts.agency_code', 'attempts.issued_date', 'agencies') }} as agency_code,
        attempts.service_code,
        coalesce(attempts.access, 'unknown') as access,
        attempts.language,
        attempts.stop_id,
        coalesce(
            attempts.issued_hour,
            case
                when not closed_stages.is_time_coarse
                    then cast(extract(hour from {{ local_time('closed_stages.first_event_at') }}) as integer)
            end
        ) as opening_hour,
        closed_stages.closing,
        closed_stages.closing_state,
        closed_stages.closing is null
        and closed_stages.night_closes_at < {{ received_before('closed_stages.first_date') }} as is_closed_by_night,
        closed_stages.waiting_outcome,
        coalesce(attempts.reverted_attempt_count, 0) as reverted_attempt_count,
        coalesce(attempts.purpose, 'unknown') <> 'booking_only' as is_counted,
        closed_stages.has_duplicate_transition,
        closed_stages.has_event_after_close,
        coalesce(chains.chain_length, 0) > 0 as is_chained,
        closed_stages.is_transferred,
        closed_stages.is_returned,
        closed_stages.is_recalled,
        closed_stages.is_outcome_unmapped,
        closed_stages.is_time_coarse,
        closed_stages.has_corrected_time,
        closed_stages.is_time_inaccurate,
        coalesce(intervals_summed.is_repeat_wait_overnight, false) as is_repeat_wait_overnight,
        intervals_summed.service_mode,
        coalesce(intervals_summed.has_gap, false) as has_gap,
        coalesce(intervals_summed.has_owner_change, false) as has_owner_change,
        coalesce(intervals_summed.has_reordered_time, false) as has_reordered_time,
        coalesce(intervals_summed.is_held_at_the_end, false) as is_held_at_the_end,
        coalesce(intervals_summed.is_repeat_wait_negative, false) as is_repeat_wait_negative,
        coalesce(intervals_summed.is_preparation_negative, false) as is_preparation_negative,
        coalesce(intervals_summed.is_service_negative, false) as is_service_negative,
        intervals_summed.repeat_wait_seconds_as_told,
        intervals_summed.preparation_seconds_as_told,
        intervals_summed.serving_seconds_as_told,
        intervals_summed.hold_seconds_as_told,
        coalesce(attempts.issued_date, closed_stages.first_date) as opening_date,
        coalesce(attempts.issued_at, closed_stages.first_event_at) as arrived_at,
        attempts.issued_at,
        closed_stages.checked_in_at,
        case when closed_stages.waiting_outcome = 'called' then closed_stages.called_at end as called_at,
        closed_stages.started_at,
        closed_stages.closed_at,
        closed_stages.night_closes_at

    from closed_stages
    left join attempts on closed_stages.ticket_key = attempts.ticket_key
    left join chains on closed_stages.ticket_key = chains.ticket_key
    left join intervals_summed on closed_stages.ticket_key = intervals_summed.ticket_key

)

select * from tickets
