with

ticket_events as (

    select * from {{ ref('int_ticket_events_judged') }}

),

attempts as (

    select * from {{ ref('int_ticket_attempts_chosen') }}

),

-- Of the issues of a ticket only the chosen one begins its wait.
state_changes as (

    select
        ticket_events.*,
        ticket_events.transition <> 'issued' as is_after_issue,
        lag(ticket_events.state) over in_time as state_told_before,
        lag(ticket_events.state_order) over in_time as order_told_before,
        lag(ticket_events.occurred_at) over in_time as told_before_at

    from ticket_events
    left join attempts on ticket_events.ticket_key = attempts.ticket_key

    where
        ticket_events.state is not null
        and not ticket_events.is_after_close
        and not ticket_events.is_time_coarse
        and (ticket_events.transition <> 'issued' or ticket_events.event_key = attempts.event_key)

    window in_time as (
        partition by ticket_events.ticket_key
        order by ticket_events.occurred_at, ticket_events.state_order, ticket_events.event_key
    )

),

-- Times out of order by no more than a retry are ordered by the states; the issue is always first, the closing last.
state_changes_placed as (

    select
        *,
        coalesce(
            order_told_before > state_order
            and is_after_issue
            and not is_closing
            and occurred_at <= told_before_at + {{ seconds('retry_seconds') }}
            and not {{ is_expected('state_told_before', 'transition', 'end_state') }},
            false
        ) as is_reordered

    from state_changes

),

state_changes_in_order as (

    select
        *,
        row_number() over in_order as change_number,
        lag(state) over in_order as state_before,
        coalesce(
            transition = lag(transition) over in_order
            and state = lag(state) over in_order
            and transition <> 'transferred'
            and occurred_at <= lag(occurred_at) over in_order + {{ seconds('retry_seconds') }},
            false
        ) as is_retry,
        coalesce(bool_or(is_closing) over (in_order rows between unbounded preceding and 1 preceding), false)
            as is_closed_before

    from state_changes_placed

    window
        in_order as (
            partition by ticket_key
            order by
                is_after_issue, is_closing, case when is_reordered then told_before_at else occurred_at end,
                state_order, event_key
        )

),

-- A repetition within the retry time begins nothing; a later one is a gap, and the stage begins anew.
accepted as (

    select
        ticket_key,
        event_key,
        transition,
        end_state,
        state,
        service_point_id,
        agency_code,
        service_mode,
        change_number,
        coalesce(state_before <> state, true) as begins_stretch,
        is_reordered,
        occurred_at

    from state_changes_in_order

    where not is_retry and not is_closed_before

)

select * from accepted
