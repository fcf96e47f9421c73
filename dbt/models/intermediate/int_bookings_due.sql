with

versions as (

    select * from {{ ref('int_bookings_moved_in_time') }}

),

cancellations as (

    select * from {{ ref('stg_landing__bookings_cancelled') }}

),

versions_in_order as (

    select
        *,
        row_number() over in_order as version_number,
        coalesce(lag(slot_starts_at) over in_order <> slot_starts_at, false) as is_moved,
        lead(booked_at) over in_order as changed_at,
        lead(slot_starts_at) over in_order as next_slot_starts_at

    from versions

    window in_order as (partition by period, booking_key order by booked_at, sequence, event_key)

),

moves_counted as (

    select
        *,
        count(*) filter (where is_moved) over (partition by period, booking_key order by version_number)
            as rescheduled_count

    from versions_in_order

),

-- The slot of the last version, and each that had begun before the booking was moved: a no-show stays one.
slots_held as (

    select distinct on (period, booking_key, slot_starts_at)
        *,
        changed_at is null as is_latest

    from moves_counted

    where changed_at is null or (changed_at > slot_starts_at and next_slot_starts_at <> slot_starts_at)

    order by period asc, booking_key asc, slot_starts_at asc, version_number desc

),

cancelled as (

    select
        slots_held.period,
        slots_held.booking_key,
        slots_held.version_number,
        max(cancellations.occurred_at) as cancelled_at

    from slots_held
    inner join cancellations
        on
            slots_held.booking_key = cancellations.booking_key
            and slots_held.booked_at <= cancellations.occurred_at
            and coalesce(slots_held.changed_at, 'infinity') > cancellations.occurred_at
            and slots_held.received_before > cancellations.known_at

    group by slots_held.period, slots_held.booking_key, slots_held.version_number

),

slots as (

    select
        slots_held.booking_key,
        slots_held.service_point_id,
        slots_held.agency_code,
        slots_held.service_code,
        slots_held.service_mode,
        slots_held.made_by,
        slots_held.rescheduled_count,
        slots_held.is_latest,
        slots_held.booked_at,
        slots_held.changed_at,
        lag(slots_held.changed_at) over in_order as in_force_from,
        slots_held.slot_starts_at,
        cancelled.cancelled_at,
        slots_held.received_before,
        slots_held.period,
        cast({{ local_time('slots_held.slot_starts_at') }} as date) as slot_date

    from slots_held
    left join cancelled
        on
            slots_held.period = cancelled.period
            and slots_held.booking_key = cancelled.booking_key
            and slots_held.version_number = cancelled.version_number

    window
        in_order as (partition by slots_held.period, slots_held.booking_key order by slots_held.version_number)

)

select * from slots
