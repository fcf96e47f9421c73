with

events as (

    select
        event_key,
        source,
        event_type,
        service_point_id,
        {{ day_of_event() }} as about_date,
        occurred_at,
        received_at

    from {{ ref('stg_landing__events_as_sent') }}

    where received_at >= {{ instant_of('cast(' ~ first_built_day() ~ ' as timestamp)') }}

),

corrections as (

    select * from {{ ref('stg_landing__corrections_judged') }}

),

days_of_staff_counts as (

    select * from {{ ref('stg_landing__days_of_staff_counts') }}

),

-- A correction is late for the month of the event that it is about, unless it took effect: that event was late itself.
events_with_their_month as (

    select
        events.event_key,
        events.source,
        events.event_type,
        events.service_point_id,
        coalesce(corrections.about_date, days_of_staff_counts.first_counted_date, events.about_date) as about_date,
        cast({{ local_time('events.received_at') }} as date) as received_date,
        events.occurred_at,
        events.received_at

    from events
    left join corrections on events.event_key = corrections.correction_key
    left join days_of_staff_counts on events.event_key = days_of_staff_counts.event_key

    where coalesce(corrections.state not in ('applied', 'overtaken', 'withdrawn'), true)

),

received_after_the_month_was_final as (

    select *

    from events_with_their_month

    where received_at >= {{ final_cutoff("date_trunc('month', about_date)") }}

)

select * from received_after_the_month_was_final
