with

components as (

    select * from {{ ref('metric_components_by_level') }}

),

definitions as (

    select * from {{ ref('metric_definitions') }}

),

expectations as (

    select * from {{ ref('metric_expectations') }}

),

quantiles as (

    select * from {{ ref('metric_wait_quantiles') }}

),

cells as (

    select
        metric_id,
        level,
        level_id,
        collection_mode,
        sum(numerator) as numerator,
        sum(denominator) as denominator,
        sum(sum_of_squares) as sum_of_squares,
        count(distinct opening_date) as opening_day_count,
        period

    from components

    group by metric_id, level, level_id, collection_mode, period

),

-- A month with data needs no reason; one without data from a source that delivers has a count of zero.
cells_and_expectations as (

    select
        metric_id,
        level,
        level_id,
        collection_mode,
        expectations.missing_reason,
        coalesce(
            cells.numerator,
            case when expectations.missing_reason = 'no_observations' and expectations.statistic = 'count' then 0 end
        ) as numerator,
        cells.denominator,
        cells.sum_of_squares,
        coalesce(cells.opening_day_count, 0) as opening_day_count,
        cast(period + interval '1 month' as date) - period as calendar_day_count,
        coalesce(expectations.has_source, true) as has_source,
        bool_or(cells.metric_id is not null) over (
            partition by metric_id, period, level, level_id
        ) as has_data_in_any_mode,
        cells.metric_id is not null as has_data,
        period

    from cells
    full outer join expectations using (metric_id, level, level_id, collection_mode, period)

),

valued as (

    select
        cells.*,
        definitions.metric_version,
        definitions.statistic,
        definitions.unit,
        coalesce(not quantiles.is_reached, false) as is_beyond_range,
        {{ value_of('cells', 'quantiles', 'definitions') }} as value

    from cells_and_expectations as cells
    inner join definitions using (metric_id)
    left join quantiles using (metric_id, level, level_id, collection_mode, period)

    where cells.has_source or cells.has_data or not cells.has_data_in_any_mode

),

final as (

    select
        metric_id,
        metric_version,
        statistic,
        unit,
        level,
        level_id,
        collection_mode,
        case
            when value is null then 'no_data'
            when is_beyond_range then 'beyond_range'
            else 'observed'
        end as value_status,
        case when value is null then coalesce(missing_reason, 'no_observations') end as missing_reason,
        value,
        numerator,
        denominator,
        sum_of_squares,
        opening_day_count,
        period

    from valued

)

select * from final
