with

opening_hours as (

    select * from {{ ref('stg_reference__opening_hours') }}

),

days as (

    select opening_date from {{ built_days() }}

),

intervals as (

    select
        opening_hours.service_point_id,
        days.opening_date,
        {{ instant_of('days.opening_date + opening_hours.opens_at') }} as opens_at,
        {{ instant_of('days.opening_date + opening_hours.closes_at') }} as closes_at

    from days
    inner join opening_hours
        on
            opening_hours.weekday = extract(isodow from days.opening_date)
            and {{ is_valid_on('opening_hours', 'days.opening_date') }}

),

hours as (

    select distinct
        intervals.service_point_id,
        intervals.opening_date,
        series.hour_starts_at

    from intervals
    cross join lateral generate_series(
        date_trunc('hour', intervals.opens_at, 'UTC'),
        intervals.closes_at - interval '1 second',
        interval '1 hour'
    ) as series (hour_starts_at)

)

select * from hours
