{{ config(unlogged=true, pre_hook="set local work_mem = '128MB'") }} -- so that the cells are summed in memory

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
        months.*,
        waves.period_kind,
        waves.last_month,
        waves.period as first_day

    from {{ ref('metric_months_of_waves') }} as months
    inner join waves
        on
            months.breakdown_value = waves.wave_id
            and months.period between waves.first_month and waves.last_month

),

columns_of_cells as (

    select distinct on (cell_key)
        cell_key,
        {{ cell_columns() | join(', ') }}

    from stretch_cells

    order by cell_key

),

sums_of_periods as (

    select
        months.cell_key,
        periods.period_kind,
        {{ summed_months() }},
        periods.last_month,
        periods.period

    from stretch_cells as months
    inner join stretches_of_periods as periods on months.stretch = periods.stretch

    group by months.cell_key, periods.period_kind, periods.last_month, periods.period

),

cells_of_periods as (

    select
        {{ cell_columns() | join(', ') }},
        {{ sums_of_months() | join(', ') }},
        sums.period_kind,
        sums.last_month,
        sums.period

    from sums_of_periods as sums
    inner join columns_of_cells as cells on sums.cell_key = cells.cell_key

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
