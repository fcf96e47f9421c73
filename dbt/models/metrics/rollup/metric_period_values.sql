{{
    config(
        materialized='by_month',
        month_column='last_month',
        months_written='select distinct last_month from warehouse.metric_periods',
        built_rows="(period_kind, period, case period_kind when 'wave' then breakdown_value else '' end) in"
        " (select period_kind, period, coalesce(wave_id, '') from warehouse.metric_periods)",
        indexes=[{'columns': ['period_kind', 'period', 'metric_id']}]
    )
}}

with

cells as (

    select * from {{ ref('metric_period_cells') }}

),

definitions as (

    select * from {{ ref('metric_definitions') }}

),

quantiles as (

    select * from {{ ref('metric_period_quantiles') }}

),

valued as (

    select
        cells.*,
        definitions.statistic,
        definitions.unit,
        coalesce(not quantiles.is_reached, false) as is_beyond_range,
        {{ is_valid_on('definitions', 'cells.last_month') }} as is_in_force,
        {{ value_of('cells', 'quantiles', 'definitions') }} as value

    from cells
    inner join definitions using (metric_id, metric_version)
    left join quantiles using ({{ cell_columns() | join(', ') }}, period_kind, period)

),

final as (

    select
        {{ cell_columns() | join(', ') }},
        statistic,
        unit,
        period_kind,
        {{ value_status_of('value', 'is_beyond_range') }} as value_status,
        {{ missing_reason_of('(' ~ missing_reasons() ~ ')[coalesce(reason_rank, 1)]') }} as missing_reason,
        value,
        numerator,
        denominator,
        sum_of_squares,
        opening_day_count,
        month_count,
        is_in_force,
        last_month,
        period

    from valued

)

select * from final
