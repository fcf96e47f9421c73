with

-- Not materialized: each use finds its own rows.
events as not materialized (

    select * from {{ source('landing', 'event') }}

),

events_of_bookings as (

    select * from {{ ref('stg_landing__events_of_bookings') }}

),

events_of_the_month_before as (

    select * from {{ ref('stg_landing__events_of_the_month_before') }}

),

-- Nothing of the built months is received longer before them,
of_the_built_months as (

    select *

    from events

    where received_at >= {{ read_from() }}

),

-- but bookings are made far ahead, the complaints of a year are not to count a month again that was reported alone, a
-- count of staff sent again is of the day of the first one, and a correction may be of one of these.
of_whole_years as (

    select *

    from events

    where
        (event_type in ('complaint.counted', 'staff_survey.counted') or {{ is_correction() }})
        and {{ is_received_far_ahead('received_at') }}

),

read_by_this_build as (

    select * from of_the_built_months
    union all
    select * from events_of_the_month_before
    union all
    select * from events_of_bookings
    union all
    select * from of_whole_years

),

final as (

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

    from read_by_this_build

)

select * from final
