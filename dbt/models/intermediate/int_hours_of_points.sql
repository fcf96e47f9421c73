with

timetable_hours as (

    select * from {{ ref('int_timetable_hours_split') }}

),

opening_hours as (

    select * from {{ ref('int_opening_hours_split') }}

),

-- An hour of the timetable that a holiday or an exception took is closed; an exceptional opening adds hours to it.
hours as (

    select
        service_point_id,
        cast(date_trunc('month', opening_date) as date) as period,
        opening_date,
        hour_starts_at,
        coalesce(opening_hours.opening_minutes, 0) as opening_minutes

    from timetable_hours
    full join opening_hours using (service_point_id, opening_date, hour_starts_at)

)

select * from hours
