with

opening_days as (

    select * from {{ ref('int_opening_days_dated') }}

),

hours as (

    select
        opening_days.service_point_id,
        opening_days.opening_date,
        series.hour_starts_at,
        {{ seconds_between(
            'greatest(opening_days.opens_at, series.hour_starts_at)',
            "least(opening_days.closes_at, series.hour_starts_at + interval '1 hour')"
        ) }} / 60 as opening_minutes

    from opening_days
    cross join
        lateral generate_series(
            date_trunc('hour', opening_days.opens_at, 'UTC'),
            opening_days.closes_at - interval '1 second',
            interval '1 hour'
        ) as series (hour_starts_at)

    where {{ in_built_months('opening_days.opening_date') }}

),

summed as (

    select
        service_point_id,
        sum(opening_minutes) as opening_minutes,
        opening_date,
        hour_starts_at

    from hours

    group by service_point_id, opening_date, hour_starts_at

)

select * from summed
