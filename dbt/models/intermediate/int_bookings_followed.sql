with

slots as (

    select * from {{ ref('int_bookings_due') }}

),

tickets as (

    select
        *,
        {{ checked_in_or_issued() }} as arrived_for_booking_at

    from {{ ref('int_tickets_followed') }}
    where is_counted

),

agencies as (

    select * from {{ ref('int_agencies_succeeded') }}

),

-- Who stayed away is told only by a queue system that told of somebody who came for a named booking.
points_with_a_queue as (

    select
        service_point_id,
        bool_or(booking_key is not null) as tells_bookings,
        date_trunc('month', opening_date) as period

    from tickets

    group by service_point_id, date_trunc('month', opening_date)

),

-- A customer comes for the slot that is in force on the arrival, and before the month of the slot is final.
arrivals as (

    select
        slots.period,
        slots.booking_key,
        slots.slot_starts_at,
        count(*) as service_event_count,
        bool_or(tickets.started_at is not null or tickets.closing_state in ('completed', 'referred')) as is_served,
        bool_or(tickets.is_time_coarse) as is_time_coarse,
        min(tickets.arrived_for_booking_at) as checked_in_at,
        min(tickets.called_at) as called_at

    from slots
    inner join tickets
        on
            slots.booking_key = tickets.booking_key
            and coalesce(slots.in_force_from, '-infinity') <= tickets.arrived_at
            and least(coalesce(slots.changed_at, 'infinity'), slots.received_before) > tickets.arrived_at

    group by slots.period, slots.booking_key, slots.slot_starts_at

),

bookings as (

    select
        slots.*,
        arrivals.checked_in_at,
        arrivals.called_at,
        coalesce(arrivals.service_event_count, 0) as service_event_count,
        coalesce(arrivals.is_served, false) as is_served,
        coalesce(arrivals.is_time_coarse, false) as is_time_coarse,
        arrivals.booking_key is not null as has_come,
        slots.cancelled_at is not null and slots.cancelled_at <= slots.slot_starts_at as is_cancelled_early,
        slots.slot_starts_at >= slots.received_before as is_upcoming,
        coalesce(points.tells_bookings, false) as tells_bookings,
        points.service_point_id is not null as has_queue_system

    from slots
    left join arrivals
        on
            slots.period = arrivals.period
            and slots.booking_key = arrivals.booking_key
            and slots.slot_starts_at = arrivals.slot_starts_at
    left join points_with_a_queue as points
        on
            slots.service_point_id = points.service_point_id
            and slots.period = points.period

    where date_trunc('month', slots.slot_date) = slots.period

),

followed as (

    select
        bookings.*,
        {{ agency_on('bookings.agency_code', 'bookings.slot_date', 'agencies') }} as answering_agency_code,
        case
            when bookings.is_cancelled_early then 'cancelled'
            when bookings.is_upcoming then 'upcoming'
            when bookings.has_come and bookings.is_served then 'served'
            when bookings.has_come then 'not_served'
            when bookings.tells_bookings then 'no_show'
            else 'not_known'
        end as fate,
        {{ booking_delay('bookings.slot_starts_at', 'bookings.checked_in_at') }} as check_in_delay_seconds,
        {{ booking_delay('bookings.slot_starts_at', 'bookings.called_at') }} as call_delay_seconds,
        case
            when bookings.checked_in_at is not null
                then {{ booking_delay(
                    'greatest(bookings.slot_starts_at, bookings.checked_in_at)', 'bookings.called_at'
                ) }}
        end as booked_wait_as_told

    from bookings

)

select * from followed
