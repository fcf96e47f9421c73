with

months_of_periods as (

    select * from {{ ref('metric_months_of_periods') }}

),

stretches as (

    select * from {{ ref('metric_stretches') }}

),

stretches_of_periods as (

    select distinct
        stretches.stretch,
        months_of_periods.period_number,
        months_of_periods.period_kind,
        months_of_periods.last_month,
        months_of_periods.period

    from months_of_periods
    inner join stretches on months_of_periods.first_day_of_month = stretches.first_day_of_month

)

select * from stretches_of_periods
