{{ config(unlogged=true, pre_hook="set local work_mem = '128MB'") }} -- so that the cells are summed in memory

with

month_values as (

    select * from {{ ref('metric_month_values') }}

),

stretches as (

    select * from {{ ref('metric_stretches') }}

),

-- Parts of a single point are given by month, as are parts of a quantile and quantiles of a point's agency.
months_of_cells as (

    select
        month_values.*,
        {{ summands_of_months('month_values') }},
        stretches.stretch

    from month_values
    inner join stretches on month_values.period = stretches.first_day_of_month

    where
        month_values.period >= (select min(first_stretch.first_day_of_month) from stretches as first_stretch)
        and case
            when month_values.statistic = 'km_quantile'
                then month_values.breakdown = 'total' and month_values.level <> 'point_agency'
            else month_values.breakdown = 'total' or month_values.level <> 'service_point'
        end

),

-- Materialized: what is numbered is what was summed, and not all that is to be summed.
cells as materialized (

    select
        {{ cell_columns() | join(', ') }},
        {{ summed_months() }},
        months.stretch

    from months_of_cells as months

    group by {{ cell_columns() | join(', ') }}, months.stretch

),

-- A number for each cell, for grouping by its many columns again would cost most of the time.
numbered as (

    select
        *,
        dense_rank() over (order by {{ cell_columns() | join(', ') }}) as cell_number

    from cells

)

select * from numbered
