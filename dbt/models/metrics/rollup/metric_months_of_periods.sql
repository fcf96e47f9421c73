with

periods as (

    select
        *,
        row_number() over (order by period_kind, period) as period_number

    from {{ ref('metric_periods') }}

    where wave_id is null

),

months as (

    select
        periods.period_number,
        periods.period_kind,
        periods.period,
        periods.last_month,
        cast(series.first_day as date) as first_day_of_month

    from periods
    cross join
        lateral generate_series(periods.first_month, periods.last_month, interval '1 month') as series (first_day)

)

select * from months
