with

tickets_issued as (

    select * from {{ ref('stg_landing__tickets_issued') }}

),

ticket_events as (

    select * from {{ ref('int_ticket_events_unioned') }}

),

first_calls as (

    select
        ticket_key,
        min(occurred_at) as called_at

    from ticket_events

    where transition = 'called'

    group by ticket_key

),

issues_in_order as (

    select
        tickets_issued.*,
        ticket_events.is_time_coarse,
        first_calls.called_at,
        lag(tickets_issued.occurred_at) over (
            partition by tickets_issued.ticket_key
            order by tickets_issued.occurred_at, tickets_issued.event_key
        ) as previous_issued_at

    from tickets_issued
    inner join ticket_events on tickets_issued.event_key = ticket_events.event_key
    left join first_calls on tickets_issued.ticket_key = first_calls.ticket_key

),

attempts as (

    select
        *,
        count(*) over (partition by ticket_key) as attempt_count

    from issues_in_order

    -- A second issue within the retry time repeats the first; one after the call cannot begin a new attempt.
    -- Times known to the hour only tell neither.
    where
        previous_issued_at is null
        or (
            not is_time_coarse
            and occurred_at > previous_issued_at + {{ seconds('retry_seconds') }}
            and (called_at is null or occurred_at <= called_at + {{ seconds('retry_seconds') }})
        )

),

last_attempts as (

    select distinct on (ticket_key)
        ticket_key,
        event_key,
        visit_key,
        booking_key,
        chained_from_key,
        service_point_id,
        agency_code,
        service_code,
        stop_id,
        language,
        access,
        purpose,
        attempt_count - 1 as reverted_attempt_count,
        occurred_hour as issued_hour,
        occurred_date as issued_date,
        occurred_at as issued_at

    from attempts

    order by ticket_key asc, occurred_at desc, event_key asc

)

select * from last_attempts
