with

versions as (

    select * from {{ ref('int_bookings_versioned') }}

),

versions_with_their_month as (

    select
        *,
        {{ received_before('cast(' ~ local_time('slot_starts_at') ~ ' as date)') }} as slot_final_at,
        row_number() over (partition by period, booking_key order by booked_at, sequence, event_key) as version_number

    from versions

),

-- A month is final nine days after its last slot at the earliest: only what took so long to be told can be late.
told_late as (

    select *

    from versions_with_their_month

    where known_at > booked_at + interval '9 days'

),

-- What was to move a booking before its slot, and was told when the month of the slot was final: there it has counted.
moves_of_what_had_counted as (

    select distinct
        told_late.period,
        told_late.event_key

    from told_late
    inner join versions_with_their_month as had_counted
        on
            told_late.period = had_counted.period
            and told_late.booking_key = had_counted.booking_key
            and told_late.version_number > had_counted.version_number
            and told_late.booked_at <= had_counted.slot_starts_at
            and told_late.known_at >= had_counted.slot_final_at
            and had_counted.known_at < had_counted.slot_final_at
    left join versions_with_their_month as told_in_time
        on
            had_counted.period = told_in_time.period
            and had_counted.booking_key = told_in_time.booking_key
            and had_counted.version_number < told_in_time.version_number
            and had_counted.slot_starts_at >= told_in_time.booked_at
            and had_counted.slot_final_at > told_in_time.known_at

    where told_in_time.booking_key is null

),

final as (

    select
        versions_with_their_month.event_key,
        versions_with_their_month.booking_key,
        versions_with_their_month.agency_code,
        versions_with_their_month.service_point_id,
        versions_with_their_month.service_code,
        versions_with_their_month.service_mode,
        versions_with_their_month.made_by,
        versions_with_their_month.sequence,
        versions_with_their_month.slot_starts_at,
        versions_with_their_month.booked_at,
        versions_with_their_month.received_before,
        versions_with_their_month.period

    from versions_with_their_month
    left join moves_of_what_had_counted
        on
            versions_with_their_month.period = moves_of_what_had_counted.period
            and versions_with_their_month.event_key = moves_of_what_had_counted.event_key

    where moves_of_what_had_counted.event_key is null

)

select * from final
