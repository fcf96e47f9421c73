with

bookings as (

    select * from {{ ref('int_bookings_followed') }}

),

bookings_followed as (

    select
        booking_key as booking_id,
        service_point_id,
        answering_agency_code as agency_code,
        service_code,
        service_mode,
        made_by,
        cast(extract(hour from {{ local_time('slot_starts_at') }}) as integer) as opening_hour,
        rescheduled_count,
        fate,
        case
            when fate <> 'not_known' then null
            when service_point_id is null then 'no_service_point'
            when not has_queue_system then 'no_queue_system'
            else 'bookings_not_named'
        end as missing_reason,
        is_latest,
        fate in ('served', 'not_served', 'no_show', 'not_known') as is_due,
        fate in ('served', 'not_served') as has_come,
        fate = 'served' as is_served,
        fate = 'no_show' as is_no_show,
        is_cancelled_early,
        coalesce(cancelled_at > slot_starts_at, false) as is_cancelled_late,
        check_in_delay_seconds > {{ var('booked_late_arrival_seconds') }} as is_late_arrival,
        case
            when check_in_delay_seconds <= {{ var('booked_late_arrival_seconds') }}
                then coalesce(call_delay_seconds <= {{ var('booked_on_time_seconds') }}, false)
        end as is_called_on_time,
        is_time_coarse,
        service_event_count,
        check_in_delay_seconds,
        call_delay_seconds,
        case
            when booked_wait_as_told <= {{ var('longest_wait_seconds') }}
                then cast(greatest(booked_wait_as_told, 0) as integer)
        end as booked_wait_seconds,
        {{ rules_applied({
            'rescheduled': 'rescheduled_count > 0',
            'no_show_before_rescheduling': "fate = 'no_show' and not is_latest",
            'cancelled_early': 'is_cancelled_early',
            'cancelled_late': 'cancelled_at > slot_starts_at',
            'late_arrival': "check_in_delay_seconds > " ~ var('booked_late_arrival_seconds'),
            'call_before_the_slot': 'call_delay_seconds < 0',
            'plausibility': "booked_wait_as_told > " ~ var('longest_wait_seconds'),
            'coarse_time': 'is_time_coarse',
        }) }} as rules_applied,
        booked_at,
        cancelled_at,
        slot_starts_at,
        checked_in_at,
        called_at,
        slot_date as opening_date

    from bookings

    where {{ in_built_months('slot_date') }}

)

select * from bookings_followed
