with

ticket_events as (

    select * from {{ ref('int_ticket_events_judged') }}

),

stages as (

    select
        ticket_key,
        (array_agg(service_point_id order by occurred_at, state_order, event_key))[1] as service_point_id,
        (array_agg(event_key order by occurred_at, state_order, event_key))[1] as first_event_key,
        min(booking_key) as booking_key,
        min(closing) as closing,
        min(closing_state) as closing_state,
        bool_or(is_duplicate_transition) as has_duplicate_transition,
        bool_or(is_after_close) as has_event_after_close,
        bool_or(is_outcome_unmapped and not is_after_close) as is_outcome_unmapped,
        bool_or(is_time_coarse) as is_time_coarse,
        bool_or(is_time_corrected) as has_corrected_time,
        bool_or(is_time_inaccurate) as is_time_inaccurate,
        bool_or(transition = 'recalled' and not is_after_close) as is_recalled,
        bool_or(transition = 'transferred' and not is_after_close) as is_transferred,
        bool_or(end_state = 'returned_to_queue' and not is_after_close) as is_returned,
        min(occurred_date) as first_date,
        min(occurred_at) as first_event_at,
        max(occurred_date) as last_date,
        min(occurred_at) filter (where transition = 'checked_in') as checked_in_at,
        min(occurred_at) filter (where transition = 'called' and not is_after_close) as called_at,
        min(occurred_at) filter (where transition = 'started' and not is_after_close) as started_at,
        min(closed_at) as closed_at

    from ticket_events

    group by ticket_key

)

select * from stages
