with

-- The ticket of a booked customer is issued on the arrival: without a check-in it tells that.
tickets as (

    select
        ticket_key,
        service_point_id,
        agency_code,
        booking_key,
        waiting_outcome,
        is_counted,
        is_time_coarse,
        {{ checked_in_or_issued() }} as checked_in_at,
        called_at,
        closed_at,
        opening_date

    from {{ ref('int_tickets_followed') }}

),

bookings as (

    select * from {{ ref('int_bookings_versioned') }}

),

-- A customer comes for the slot that is in force on the arrival; a booking told of later is the earliest that is known.
checked_in_with_a_version as (

    select distinct on (tickets.ticket_key)
        tickets.*,
        bookings.slot_starts_at

    from tickets
    inner join bookings
        on
            tickets.booking_key = bookings.booking_key
            and cast(date_trunc('month', tickets.opening_date) as date) = bookings.period

    where tickets.is_counted and tickets.checked_in_at is not null

    order by
        tickets.ticket_key asc,
        bookings.booked_at <= tickets.checked_in_at desc,
        case when bookings.booked_at <= tickets.checked_in_at then bookings.booked_at end desc,
        case when bookings.booked_at > tickets.checked_in_at then bookings.booked_at end asc,
        bookings.sequence desc,
        bookings.event_key desc

),

-- Of several tickets for one appointment the first tells how it was kept.
first_of_the_slot as (

    select distinct on (booking_key, slot_starts_at) *

    from checked_in_with_a_version

    order by booking_key asc, slot_starts_at asc, checked_in_at asc, ticket_key asc

),

checked_in_with_a_slot as (

    select
        tickets.ticket_key,
        tickets.service_point_id,
        tickets.agency_code,
        tickets.waiting_outcome,
        tickets.is_time_coarse,
        {{ seconds_between('tickets.slot_starts_at', 'tickets.checked_in_at') }} as check_in_delay_as_told,
        {{ seconds_between('tickets.slot_starts_at', 'tickets.called_at') }} as call_delay_as_told,
        tickets.slot_starts_at,
        tickets.checked_in_at,
        {{ seconds_between(
            'greatest(tickets.checked_in_at, tickets.slot_starts_at)',
            "case tickets.waiting_outcome when 'called' then tickets.called_at when 'left' then tickets.closed_at end"
        ) }} as booked_wait_as_told,
        tickets.opening_date

    from first_of_the_slot as tickets

),

timed as (

    select
        ticket_key,
        service_point_id,
        agency_code,
        waiting_outcome,
        is_time_coarse,
        slot_starts_at,
        checked_in_at,
        case when not is_time_coarse then cast(floor(check_in_delay_as_told) as bigint) end as check_in_delay_seconds,
        case when not is_time_coarse then cast(floor(call_delay_as_told) as bigint) end as call_delay_seconds,
        -- A call before the slot is no wait, however early it comes. Who left waited until then.
        case
            when not is_time_coarse and booked_wait_as_told <= {{ var('longest_wait_seconds') }}
                then cast(greatest(floor(booked_wait_as_told), 0) as integer)
        end as booked_wait_seconds,
        opening_date

    from checked_in_with_a_slot

)

select * from timed
