{{ config(materialized='view') }}

with

month_values as (

    select * from {{ ref('metric_month_values') }}

),

period_values as (

    select * from {{ ref('metric_period_values') }}

),

values_of_all_periods as (

    select
        {{ cell_columns() | join(', ') }},
        statistic,
        unit,
        'month' as period_kind,
        value_status,
        missing_reason,
        value,
        numerator,
        denominator,
        sum_of_squares,
        opening_day_count,
        case when value_status = 'no_data' then 0 else 1 end as month_count,
        is_in_force,
        period as last_month,
        period

    from month_values

    union all

    select * from period_values

)

select * from values_of_all_periods
