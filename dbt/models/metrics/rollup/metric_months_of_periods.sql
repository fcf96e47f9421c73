with

periods as (

    select * from {{ ref('metric_periods') }}

    where wave_id is null

),

months as (

    select
        periods.period_kind,
        periods.period,
        periods.last_month,
        cast(series.first_day as date) as first_day_of_month

    from periods
    cross join
        lateral generate_series(periods.first_month, periods.last_month, interval '1 month') as series (first_day)

),

-- Months that are in the same periods are summed once for all of them: a year is not read again for each of its sums.
months_and_their_periods as (

    select
        first_day_of_month,
        array_agg(period_kind || ' ' || period order by period_kind, period) as periods

    from months

    group by first_day_of_month

),

stretches as (

    select
        first_day_of_month,
        min(first_day_of_month) over (partition by periods) as stretch

    from months_and_their_periods

),

months_in_stretches as (

    select
        months.*,
        stretches.stretch

    from months
    inner join stretches on months.first_day_of_month = stretches.first_day_of_month

)

select * from months_in_stretches
