with

-- Not materialized: years of months would be written to disk for the few rows of the waves.
month_values as not materialized (

    select
        *,
        array_position({{ missing_reasons() }}, missing_reason) as reason_rank,
        case when value_status <> 'no_data' then 1 else 0 end as month_count,
        case
            when value_status <> 'no_data' then cast(period + interval '1 month' as date) - period
        end as calendar_day_count

    from {{ ref('metric_month_values') }}

),

months_of_periods as (

    select * from {{ ref('metric_months_of_periods') }}

),

waves as (

    select * from {{ ref('metric_periods') }}

    where wave_id is not null

),

stretches_of_months as (

    select distinct
        stretch,
        first_day_of_month

    from months_of_periods

),

stretches_of_periods as (

    select distinct
        stretch,
        period_kind,
        last_month,
        period

    from months_of_periods

),

-- Parts of a single point are given by month, as are parts of a quantile and quantiles of a point's agency.
cells_of_stretches as (

    select
        {{ cell_columns() | join(', ') }},
        {{ summed_months() }},
        stretches.stretch

    from month_values as months
    inner join stretches_of_months as stretches on months.period = stretches.first_day_of_month

    where
        case
            when months.statistic = 'km_quantile' then months.breakdown = 'total' and months.level <> 'point_agency'
            else months.breakdown = 'total' or months.level <> 'service_point'
        end

    group by {{ cell_columns() | join(', ') }}, stretches.stretch

),

-- A number for each cell, for grouping by its many columns twice would cost most of the time.
cells_numbered as (

    select
        *,
        dense_rank() over (order by {{ cell_columns() | join(', ') }}) as cell_number

    from cells_of_stretches

),

columns_of_cells as (

    select distinct on (cell_number)
        cell_number,
        {{ cell_columns() | join(', ') }}

    from cells_numbered

    order by cell_number

),

sums_of_periods as (

    select
        months.cell_number,
        periods.period_kind,
        {{ summed_months() }},
        periods.last_month,
        periods.period

    from cells_numbered as months
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
        waves.period_kind,
        waves.last_month,
        waves.period

    from month_values as months
    inner join waves
        on
            months.breakdown = 'wave_id'
            and months.breakdown_value = waves.wave_id
            and months.period between waves.first_month and waves.last_month

    group by {{ cell_columns() | join(', ') }}, waves.period_kind, waves.last_month, waves.period

),

cells as (

    select * from cells_of_periods

    union all

    select * from cells_of_waves

)

select * from cells
