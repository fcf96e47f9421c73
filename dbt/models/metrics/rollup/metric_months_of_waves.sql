{{ config(materialized='by_month') }}

with

month_values as (

    select * from {{ ref('metric_month_values') }}

),

months_of_waves as (

    select
        {{ cell_columns() | join(', ') }},
        {{ summands_of_months('month_values') }},
        month_values.numerator,
        month_values.denominator,
        month_values.sum_of_squares,
        month_values.opening_day_count,
        month_values.period

    from month_values

    where month_values.breakdown = 'wave_id'

)

select * from months_of_waves
