with

-- Not materialized: the first and the last month are found without reading those between.
month_values as not materialized (

    select * from {{ ref('metric_month_values') }}

),

waves as (

    select * from {{ ref('dim_waves') }}

),

months as (

    select cast(generate_series(min(period), max(period), interval '1 month') as date) as last_month

    from month_values

),

rolling_periods as (

    select
        lengths.period_kind,
        cast(null as text) as wave_id,
        cast(months.last_month - lengths.months_before as date) as period,
        cast(months.last_month - lengths.months_before as date) as first_month,
        months.last_month

    from months
    cross join
        (
            values ('rolling_3_months', interval '2 months'), ('rolling_12_months', interval '11 months')
        ) as lengths (period_kind, months_before)

),

-- The present year ends with its last month that was built.
years as (

    select
        'year' as period_kind,
        cast(null as text) as wave_id,
        cast(date_trunc('year', last_month) as date) as period,
        cast(date_trunc('year', last_month) as date) as first_month,
        max(last_month) as last_month

    from months

    group by date_trunc('year', last_month)

),

months_of_waves as (

    select
        breakdown_value as wave_id,
        min(period) as first_month,
        max(period) as last_month

    from {{ ref('metric_months_of_waves') }}

    group by breakdown_value

),

-- An answer is of the month of the visit, which may be before the wave.
wave_periods as (

    select
        'wave' as period_kind,
        waves.wave_id,
        waves.starts_on as period,
        cast(least(date_trunc('month', waves.starts_on), months_of_waves.first_month) as date) as first_month,
        cast(greatest(date_trunc('month', waves.ends_on), months_of_waves.last_month) as date) as last_month

    from waves
    left join months_of_waves on waves.wave_id = months_of_waves.wave_id

),

periods as (

    select * from rolling_periods
    union all
    select * from years
    union all
    select * from wave_periods

),

-- A rebuilt month changes the periods that it is in, and no other.
periods_with_a_built_month as (

    select *

    from periods

    where
        exists (
            select built_months.period

            from {{ built_months() }}

            where built_months.period between periods.first_month and periods.last_month
        )

)

select * from periods_with_a_built_month
