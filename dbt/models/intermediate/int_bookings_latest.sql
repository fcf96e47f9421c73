with

bookings_created as (

    select * from {{ ref('stg_landing__bookings_created') }}

),

bookings_changed as (

    select * from {{ ref('stg_landing__bookings_changed') }}

),

bookings_cancelled as (

    select * from {{ ref('stg_landing__bookings_cancelled') }}

),

-- Until when what is received counts: a visit is timed by what was known at the cutoff of its month.
periods as (

    select
        period,
        received_before

    from {{ built_months() }}

),

-- A change tells all that holds from then on; at one moment it is later than the making.
versions as (

    select
        event_key,
        booking_key,
        agency_code,
        service_point_id,
        -1 as sequence,
        slot_starts_at,
        occurred_at,
        known_at

    from bookings_created

    union all

    select
        event_key,
        booking_key,
        agency_code,
        service_point_id,
        coalesce(sequence, 0) as sequence,
        slot_starts_at,
        occurred_at,
        known_at

    from bookings_changed

),

latest_versions as (

    select distinct on (periods.period, versions.booking_key)
        versions.booking_key,
        versions.agency_code,
        versions.service_point_id,
        versions.slot_starts_at,
        versions.occurred_at as booked_at,
        periods.period

    from periods
    inner join versions on periods.received_before > versions.known_at

    order by
        periods.period asc, versions.booking_key asc, versions.occurred_at desc, versions.sequence desc,
        versions.event_key desc

),

last_cancellations as (

    select
        bookings_cancelled.booking_key,
        max(bookings_cancelled.occurred_at) as cancelled_at,
        periods.period

    from periods
    inner join bookings_cancelled on periods.received_before > bookings_cancelled.known_at

    group by periods.period, bookings_cancelled.booking_key

),

bookings as (

    select
        latest_versions.booking_key,
        latest_versions.service_point_id,
        latest_versions.agency_code,
        latest_versions.booked_at,
        latest_versions.slot_starts_at,
        last_cancellations.cancelled_at,
        latest_versions.period

    from latest_versions
    left join last_cancellations
        on
            latest_versions.booking_key = last_cancellations.booking_key
            and latest_versions.period = last_cancellations.period
            and latest_versions.booked_at <= last_cancellations.cancelled_at

)

select * from bookings
