with

months_of_periods as (

    select * from {{ ref('metric_months_of_periods') }}

),

-- Months that are in the same periods are summed once for all of them: a year is not read again for each of its sums.
months_and_their_periods as (

    select
        first_day_of_month,
        array_agg(period_number order by period_number) as period_numbers

    from months_of_periods

    group by first_day_of_month

),

stretches as (

    select
        first_day_of_month,
        min(first_day_of_month) over (partition by period_numbers) as stretch

    from months_and_their_periods

)

select * from stretches
