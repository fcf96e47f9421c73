with

versions as (

    select * from {{ ref('int_bookings_versioned') }}

),

latest_versions as (

    select distinct on (period, booking_key)
        booking_key,
        service_point_id,
        agency_code,
        booked_at,
        slot_starts_at,
        period

    from versions

    order by period asc, booking_key asc, booked_at desc, sequence desc, event_key desc

)

select * from latest_versions
