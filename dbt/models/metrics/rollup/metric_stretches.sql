with

months_of_periods as (

    select * from {{ ref('metric_months_of_periods') }}

),

builds as (

    select
        first_day_of_month,
        max(build_id) as last_build_id

    from {{ ref('stg_ops__builds') }}

    where stage = 'metrics'

    group by first_day_of_month

),

-- Months that are in the same periods are summed once for all of them: a year is not read again for each of its sums.
-- The built months are a stretch of their own, so that the sums of the others can be kept.
months_and_their_periods as (

    select
        first_day_of_month,
        array_agg(period_number order by period_number) as period_numbers,
        {{ in_built_months('first_day_of_month') }} as is_built

    from months_of_periods

    group by first_day_of_month

),

stretches as (

    select
        months.first_day_of_month,
        to_char(min(months.first_day_of_month) over same_periods, 'YYYY-MM')
        || to_char(max(months.first_day_of_month) over same_periods, '/YYYY-MM')
        || ' build '
        || coalesce(max(builds.last_build_id) over same_periods, 0) as stretch

    from months_and_their_periods as months
    left join builds on months.first_day_of_month = builds.first_day_of_month

    window same_periods as (partition by months.period_numbers, months.is_built)

)

select * from stretches
