with

ticket_events as (

    select * from {{ ref('int_ticket_events_unioned') }}

),

attempts as (

    select * from {{ ref('int_ticket_attempts_chosen') }}

),

events_of_the_attempt as (

    select
        ticket_events.*,
        coalesce(
            lag(ticket_events.transition) over (
                partition by ticket_events.ticket_key
                order by ticket_events.occurred_at, ticket_events.state_order, ticket_events.event_key
            ) = ticket_events.transition
            and ticket_events.transition not in ('recalled', 'transferred')
            or (ticket_events.transition = 'issued' and ticket_events.event_key <> attempts.event_key),
            false
        ) as is_duplicate_transition

    from ticket_events
    left join attempts on ticket_events.ticket_key = attempts.ticket_key

    -- What happened before a reissued ticket belongs to the attempt that was reverted.
    where
        coalesce(attempts.reverted_attempt_count, 0) = 0
        or ticket_events.occurred_at >= attempts.issued_at - {{ seconds('retry_seconds') }}

),

first_closings as (

    select distinct on (ticket_key)
        ticket_key,
        transition as closing,
        end_state,
        occurred_at as closed_at

    from events_of_the_attempt

    where is_closing

    order by ticket_key asc, occurred_at asc, state_order asc, event_key asc

),

events_until_closed as (

    select
        events_of_the_attempt.*,
        first_closings.closing,
        first_closings.end_state as closing_state,
        first_closings.closed_at,
        coalesce(
            not events_of_the_attempt.is_time_coarse
            and events_of_the_attempt.occurred_at > first_closings.closed_at + {{ seconds('retry_seconds') }},
            false
        ) as is_after_close

    from events_of_the_attempt
    left join first_closings on events_of_the_attempt.ticket_key = first_closings.ticket_key

)

select * from events_until_closed
