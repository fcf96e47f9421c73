with

corrections as (

    select * from {{ ref('stg_landing__corrections') }}

),

events_meant as (

    select * from {{ ref('stg_landing__events_meant') }}

),

-- One CTE for each use: one that is used twice would be written to disk whole.
events_of_tickets as (

    select * from {{ ref('stg_landing__events_as_sent') }}

    where {{ is_of_a_ticket() }}

),

events_of_bookings as (

    select * from {{ ref('stg_landing__events_as_sent') }}

    where {{ is_of_a_booking() }}

),

-- A ticket belongs to its arrival and a booking to its slot, which another event may tell.
days_of_tickets as (

    select
        data ->> 'ticket_key' as ticket_key,
        min({{ local_date_of_event() }}) as arrived_date

    from events_of_tickets

    where
        data ->> 'ticket_key' in (
            select events_meant.data ->> 'ticket_key'

            from events_meant
        )

    group by 1

),

days_of_bookings as (

    select
        data ->> 'booking_key' as booking_key,
        min(cast({{ local_time("cast(data ->> 'slot_start' as timestamptz)") }} as date)) as slot_date

    from events_of_bookings

    where
        data ->> 'booking_key' in (
            select events_meant.data ->> 'booking_key'

            from events_meant
        )

    group by 1

),

days_of_staff_counts as (

    select * from {{ ref('stg_landing__days_of_staff_counts') }}

),

corrections_with_what_they_mean as (

    select
        corrections.*,
        events_meant.event_key,
        events_meant.event_type,
        events_meant.received_at as event_received_at,
        coalesce(
            days_of_bookings.slot_date, days_of_tickets.arrived_date, days_of_staff_counts.first_counted_date,
            events_meant.about_date
        ) as about_date

    from corrections
    left join events_meant on corrections.correction_key = events_meant.correction_key
    left join days_of_tickets on events_meant.data ->> 'ticket_key' = days_of_tickets.ticket_key
    left join days_of_bookings
        on
            events_meant.data ->> 'booking_key' = days_of_bookings.booking_key
            and {{ is_of_a_booking('events_meant.event_type') }}
    left join days_of_staff_counts on events_meant.event_key = days_of_staff_counts.event_key

)

select * from corrections_with_what_they_mean
