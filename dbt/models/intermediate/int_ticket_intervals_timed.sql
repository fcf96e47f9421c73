with

ticket_events as (

    select * from {{ ref('int_ticket_events_judged') }}

),

attempts as (

    select * from {{ ref('int_ticket_attempts_chosen') }}

),

-- Of the issues of a ticket only the chosen one begins its wait.
state_changes as (

    select ticket_events.*

    from ticket_events
    left join attempts on ticket_events.ticket_key = attempts.ticket_key

    where
        ticket_events.state is not null
        and not ticket_events.is_after_close
        and not ticket_events.is_time_coarse
        and (ticket_events.transition <> 'issued' or ticket_events.event_key = attempts.event_key)

),

-- Times out of order by no more than a retry are ordered by the states; the issue is always first, the closing last.
state_changes_placed as (

    select
        *,
        transition <> 'issued' as is_after_issue,
        case
            when
                lag(state_order) over in_time > state_order
                and lag(state) over in_time <> 'waiting'
                and occurred_at <= lag(occurred_at) over in_time + {{ seconds('retry_seconds') }}
                then lag(occurred_at) over in_time
            else occurred_at
        end as placed_at

    from state_changes

    window in_time as (partition by ticket_key order by occurred_at, state_order, event_key)

),

state_changes_in_order as (

    select
        *,
        lag(state) over in_order as state_before

    from state_changes_placed

    window in_order as (partition by ticket_key order by is_after_issue, is_closing, placed_at, state_order, event_key)

),

-- A repetition of the state that the ticket is in begins nothing: the first counts.
intervals as (

    select
        ticket_key,
        state,
        row_number() over in_order as interval_number,
        row_number() over (
            partition by ticket_key, state order by is_after_issue, is_closing, placed_at, state_order, event_key
        ) as number_within_state,
        occurred_at as begins_at,
        lead(occurred_at) over in_order as ends_at,
        lead(transition) over in_order as ended_by,
        lead(end_state) over in_order as end_state

    from state_changes_in_order

    where coalesce(state_before <> state, true)

    window in_order as (partition by ticket_key order by is_after_issue, is_closing, placed_at, state_order, event_key)

),

timed as (

    select
        ticket_key,
        interval_number,
        number_within_state,
        state,
        ended_by,
        ended_by is not null and not {{ is_expected('state', 'ended_by', 'end_state') }} as is_gap,
        case
            when {{ is_expected('state', 'ended_by', 'end_state') }} and coalesce(end_state <> 'closed_by_system', true)
                then {{ seconds_between('begins_at', 'ends_at') }}
        end as seconds_as_told,
        begins_at,
        ends_at

    from intervals

    where state <> 'closed'

)

select * from timed
