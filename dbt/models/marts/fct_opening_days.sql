with

opening_days as (

    select * from {{ ref('int_opening_days_dated') }}

),

summed_by_day as (

    select
        service_point_id,
        coalesce(sum({{ seconds_between('opens_at', 'closes_at') }} / 60), 0) as opening_minutes,
        opening_date

    from opening_days

    where {{ in_built_months('opening_date') }}

    group by service_point_id, opening_date

)

select * from summed_by_day
