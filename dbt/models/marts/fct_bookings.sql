with

bookings as (

    select * from {{ ref('int_bookings_followed') }}

    where {{ in_built_months('slot_date') }}

),

measured_minutes as (

    select * from {{ ref('fct_measured_minutes') }}

    where source_family = 'queue'

),

-- Where the queue system was silent on the day, who stayed away cannot be told from who came.
bookings_judged as (

    select
        bookings.booking_key,
        bookings.service_point_id,
        bookings.answering_agency_code,
        bookings.service_code,
        bookings.service_mode,
        bookings.made_by,
        bookings.rescheduled_count,
        case when bookings.fate = 'no_show' and not measured.is_day_measured then 'not_known' else bookings.fate end
            as fate,
        bookings.tells_bookings,
        bookings.has_queue_system,
        coalesce(measured.is_day_measured, true) as is_day_measured,
        bookings.is_latest,
        bookings.is_cancelled_early,
        bookings.is_time_coarse,
        bookings.service_event_count,
        bookings.check_in_delay_seconds,
        bookings.call_delay_seconds,
        bookings.booked_wait_as_told,
        bookings.booked_at,
        bookings.cancelled_at,
        bookings.slot_starts_at,
        bookings.checked_in_at,
        bookings.called_at,
        bookings.slot_date

    from bookings
    left join measured_minutes as measured
        on
            bookings.service_point_id = measured.service_point_id
            and bookings.slot_date = measured.opening_date

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
            when not is_day_measured then 'queue_not_measured'
            when not has_queue_system then 'no_queue_system'
            else 'bookings_not_named'
        end as missing_reason,
        is_latest,
        fate in ('served', 'not_served', 'no_show', 'not_known') as is_due,
        fate in ('served', 'not_served') as has_come,
        fate = 'served' as is_served,
        fate = 'no_show' as is_no_show,
        tells_bookings and is_day_measured as is_arrival_measured,
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

    from bookings_judged

)

select * from bookings_followed
