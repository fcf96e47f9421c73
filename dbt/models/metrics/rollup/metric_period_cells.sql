{{ config(unlogged=true) }}

with

stretch_cells as (

    select * from {{ ref('metric_stretch_cells') }}

),

stretches_of_periods as (

    select * from {{ ref('metric_stretches_of_periods') }}

),

waves as (

    select * from {{ ref('metric_periods') }}

    where wave_id is not null

),

months_of_waves as (

    select
        month_values.*,
        {{ summands_of_months('month_values') }},
        waves.period_kind,
        waves.last_month,
        waves.period as first_day

    from {{ ref('metric_month_values') }} as month_values
    inner join waves
        on
            month_values.breakdown = 'wave_id'
            and month_values.breakdown_value = waves.wave_id
            and month_values.period between waves.first_month and waves.last_month

),

columns_of_cells as (

    select distinct on (cell_number)
        cell_number,
        {{ cell_columns() | join(', ') }}

    from stretch_cells

    order by cell_number

),

sums_of_periods as (

    select
        months.cell_number,
        periods.period_kind,
        {{ summed_months() }},
        periods.last_month,
        periods.period

    from stretch_cells as months
    inner join stretches_of_periods as periods on months.stretch = periods.stretch

    group by months.cell_number, periods.period_kind, periods.last_month, periods.period

),

cells_of_periods as (

    select
        {{ cell_columns() | join(', ') }},
        {{ sums_of_months() | join(', ') }},
        sums.period_kind,
        sums.last_month,
        sums.period

    from sums_of_periods as sums
    inner join columns_of_cells as cells on sums.cell_number = cells.cell_number

),

-- Of a wave, the part that is the wave.
cells_of_waves as (

    select
        {{ cell_columns() | join(', ') }},
        {{ summed_months() }},
        months.period_kind,
        months.last_month,
        months.first_day as period

    from months_of_waves as months

    group by {{ cell_columns() | join(', ') }}, months.period_kind, months.last_month, months.first_day

),

cells as (

    select * from cells_of_periods

    union all

    select * from cells_of_waves

)

select * from cells
