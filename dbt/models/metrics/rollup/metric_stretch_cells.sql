{{
    config(
        materialized='by_month',
        kept_rows=is_of_a_stretch_needed(),
        unlogged=true,
        pre_hook="set local work_mem = '128MB'; set local enable_sort = off"
    )
}} -- so that the cells are summed in memory: the planner expects more of them

with

month_values as (

    select * from {{ ref('metric_month_values') }}

),

needed as (

    select * from {{ ref('metric_stretches') }}

),

-- What was summed of months that were not built again since is kept.
stretches as (

    select *

    from needed

    where not {{ is_held_in(this, 'needed') }}

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
        month_values.period >= (select min(summed.first_day_of_month) from stretches as summed)
        and month_values.period <= (select max(summed.first_day_of_month) from stretches as summed)
        and case
            when month_values.statistic = 'km_quantile'
                then month_values.breakdown = 'total' and month_values.level <> 'point_agency'
            else month_values.breakdown = 'total' or month_values.level <> 'service_point'
        end

),

cells as (

    select
        {{ cell_columns() | join(', ') }},
        {{ summed_months() }},
        months.stretch

    from months_of_cells as months

    group by {{ cell_columns() | join(', ') }}, months.stretch

),

final as (

    select
        {{ cell_key() }} as cell_key,
        *

    from cells

)

select * from final
