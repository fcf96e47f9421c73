with

bookings_created as (

    select * from {{ ref('stg_landing__bookings_created') }}

),

bookings_changed as (

    select * from {{ ref('stg_landing__bookings_changed') }}

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
        service_code,
        service_mode,
        made_by,
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
        service_code,
        service_mode,
        made_by,
        coalesce(sequence, 0) as sequence,
        slot_starts_at,
        occurred_at,
        known_at

    from bookings_changed

),

versions_known as (

    select
        versions.event_key,
        versions.booking_key,
        versions.agency_code,
        versions.service_point_id,
        versions.service_code,
        versions.service_mode,
        versions.made_by,
        versions.sequence,
        versions.slot_starts_at,
        versions.occurred_at as booked_at,
        versions.known_at,
        periods.received_before,
        periods.period

    from periods
    inner join versions on periods.received_before > versions.known_at

)

select * from versions_known
