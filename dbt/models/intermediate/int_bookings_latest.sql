with

bookings_created as (

    select * from {{ ref('stg_landing__bookings_created') }}

),

bookings_cancelled as (

    select * from {{ ref('stg_landing__bookings_cancelled') }}

),

latest_versions as (

    select distinct on (booking_key)
        booking_key,
        agency_code,
        service_point_id,
        slot_starts_at,
        occurred_at as booked_at

    from bookings_created

    order by booking_key asc, occurred_at desc, event_key desc

),

last_cancellations as (

    select
        booking_key,
        max(occurred_at) as cancelled_at

    from bookings_cancelled

    group by booking_key

),

bookings as (

    select
        latest_versions.booking_key,
        latest_versions.service_point_id,
        latest_versions.agency_code,
        latest_versions.booked_at,
        latest_versions.slot_starts_at,
        last_cancellations.cancelled_at

    from latest_versions
    left join last_cancellations
        on
            latest_versions.booking_key = last_cancellations.booking_key
            and latest_versions.booked_at <= last_cancellations.cancelled_at

)

select * from bookings
