with

opening_hours as (

    select * from {{ ref('stg_reference__opening_hours') }}

),

exceptions as (

    select * from {{ ref('stg_reference__opening_exceptions') }}

),

holidays as (

    select * from {{ ref('stg_reference__holidays') }}

),

days as (

    -- A wait over a night may end after the built months.
    select distinct built_days.opening_date + later.days as opening_date

    from {{ built_days() }}
    cross join generate_series(0, {{ var('longest_days_to_a_call') }}) as later (days)

),

days_with_known_hours as (

    select distinct
        opening_hours.service_point_id,
        days.opening_date

    from days
    inner join opening_hours on {{ is_valid_on('opening_hours', 'days.opening_date') }}

),

regular_intervals as (

    select
        known.service_point_id,
        known.opening_date,
        opening_hours.opens_at,
        opening_hours.closes_at

    from days_with_known_hours as known
    inner join opening_hours
        on
            known.service_point_id = opening_hours.service_point_id
            and opening_hours.weekday = extract(isodow from known.opening_date)
            and {{ is_valid_on('opening_hours', 'known.opening_date') }}
    left join holidays on known.opening_date = holidays.holiday_date
    left join exceptions
        on
            known.service_point_id = exceptions.service_point_id
            and known.opening_date = exceptions.exception_date

    where holidays.holiday_date is null and exceptions.exception_date is null

),

exceptional_intervals as (

    select
        known.service_point_id,
        known.opening_date,
        exceptions.opens_at,
        exceptions.closes_at

    from days_with_known_hours as known
    inner join exceptions
        on
            known.service_point_id = exceptions.service_point_id
            and known.opening_date = exceptions.exception_date

    where exceptions.opens_at is not null

),

intervals as (

    select * from regular_intervals
    union
    select * from exceptional_intervals

),

days_and_intervals as (

    select
        known.service_point_id,
        known.opening_date,
        {{ instant_of('known.opening_date + intervals.opens_at') }} as opens_at,
        {{ instant_of('known.opening_date + intervals.closes_at') }} as closes_at

    from days_with_known_hours as known
    left join intervals
        on
            known.service_point_id = intervals.service_point_id
            and known.opening_date = intervals.opening_date

)

select * from days_and_intervals
