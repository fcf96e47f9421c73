with

-- Not materialized: each use finds its own rows.
events as not materialized (

    select * from {{ source('landing', 'event') }}

),

-- Days are compared as texts, with a day to spare for the offset.
with_a_slot_to_come as (

    select data ->> 'booking_key' as booking_key

    from events

    where
        event_type in ('booking.created', 'booking.changed')
        and data ->> 'slot_start' >= cast({{ first_built_day(-1) }} - 1 as text)
        and {{ is_received_far_ahead('received_at') }}

),

told_of_again as (

    select data ->> 'booking_key' as booking_key

    from events

    where
        event_type in (
            'booking.created', 'booking.changed', 'booking.cancelled', 'queue.ticket_issued', 'queue.checked_in'
        )
        and data ->> 'booking_key' is not null
        and received_at >= {{ read_from() }}

),

moved_by_a_correction as (

    select events.data ->> 'booking_key' as booking_key

    from events as corrections
    inner join events
        on
            corrections.data ->> 'ref_source' = events.source
            and corrections.data ->> 'ref_id' = events.event_id

    where
        {{ is_correction('corrections.event_type') }}
        and corrections.data -> 'replaced' ->> 'slot_start' is not null
        and events.data ->> 'booking_key' is not null

),

concerned as (

    select * from with_a_slot_to_come
    union
    select * from told_of_again
    union
    select * from moved_by_a_correction

)

select * from concerned
