{{ config(materialized='by_month', indexes=[{'columns': ['period', 'metric_id']}]) }}

with

-- What some agencies counted is no figure of the nation; by agency it is told.
cells as (

    select *

    from {{ ref('metric_cells') }}

    where
        level <> 'national'
        or breakdown = 'agency'
        or (metric_id, metric_version, collection_mode, period) not in (
            select
                partial_sums.metric_id,
                partial_sums.metric_version,
                partial_sums.collection_mode,
                partial_sums.period

            from {{ ref('metric_partial_sums') }} as partial_sums
        )

),

definitions as (

    select * from {{ ref('metric_definitions') }}

),

expectations as (

    select
        *,
        'total' as breakdown,
        'total' as breakdown_value

    from {{ ref('metric_expectations') }}

),

quantiles as (

    select * from {{ ref('metric_quantiles') }}

),

-- A month with data needs no reason; one without data from a source that delivers has a count of zero.
cells_and_expectations as (

    select
        {{ cell_columns() | join(', ') }},
        cells.cell_id,
        expectations.missing_reason,
        coalesce(
            cells.numerator,
            case
                when
                    expectations.missing_reason = 'no_observations'
                    and expectations.statistic in ('count', 'sum')
                    then 0
            end
        ) as numerator,
        cells.denominator,
        cells.sum_of_squares,
        coalesce(cells.opening_day_count, 0) as opening_day_count,
        cast(period + interval '1 month' as date) - period as calendar_day_count,
        coalesce(expectations.has_source, true) as has_source,
        bool_or(cells.metric_id is not null) over (
            partition by metric_id, metric_version, period, level, level_id
        ) as has_data_in_any_mode,
        cells.metric_id is not null as has_data,
        period

    from cells
    full outer join expectations using ({{ cell_columns() | join(', ') }}, period)

),

valued as (

    select
        cells.*,
        definitions.statistic,
        definitions.unit,
        coalesce(not quantiles.is_reached, false) as is_beyond_range,
        {{ is_valid_on('definitions', 'cells.period') }} as is_in_force,
        {{ value_of('cells', 'quantiles', 'definitions') }} as value

    from cells_and_expectations as cells
    inner join definitions using (metric_id, metric_version)
    left join quantiles on cells.cell_id = quantiles.cell_id

    where cells.has_source or cells.has_data or not cells.has_data_in_any_mode

),

final as (

    select
        {{ cell_columns() | join(', ') }},
        statistic,
        unit,
        {{ value_status_of('value', 'is_beyond_range') }} as value_status,
        {{ missing_reason_of("coalesce(missing_reason, 'no_observations')") }} as missing_reason,
        value,
        numerator,
        denominator,
        sum_of_squares,
        opening_day_count,
        is_in_force,
        period

    from valued

)

select * from final
