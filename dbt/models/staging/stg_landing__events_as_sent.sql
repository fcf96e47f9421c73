with

-- Nothing of the built months is received a month before them, but bookings are made far ahead; the complaints of a
-- year are not to count a month again that was reported alone, and a count of staff sent again is of the day of the
-- first one.
events_of_the_built_months as (

    select
        event_key,
        event_id,
        source,
        event_type,
        service_point_id,
        time_precision,
        utc_offset_minutes,
        is_future,
        cast(data as jsonb) as data,
        occurred_at,
        received_at

    from {{ source('landing', 'event') }}

    where
        received_at >= {{ instant_of(
            'cast(' ~ first_built_day() ~ ' - ' ~ var('longest_days_booked_ahead') ~ ' as timestamp)'
        ) }}
        and (
            received_at >= {{ instant_of('cast(' ~ first_built_day(-1) ~ ' as timestamp)') }}
            or {{ is_of_a_booking() }}
            or {{ is_correction() }}
            or event_type in ('complaint.counted', 'staff_survey.counted')
        )

)

select * from events_of_the_built_months
