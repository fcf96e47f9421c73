with

components as (

    select * from {{ ref('metric_components_by_level') }}

),

definitions as (

    select * from {{ ref('metric_definitions') }}

),

cells_by_second as (

    select
        components.metric_id,
        components.level,
        components.level_id,
        components.collection_mode,
        components.duration_seconds,
        definitions.quantile,
        sum(components.numerator) as numerator,
        sum(components.denominator) as denominator,
        components.period

    from components
    inner join definitions on components.metric_id = definitions.metric_id

    where definitions.statistic = 'km_quantile'

    group by
        components.metric_id, components.level, components.level_id, components.collection_mode,
        components.duration_seconds, definitions.quantile, components.period

),

quantiles as (

    {{ km_quantiles('cells_by_second', ['metric_id', 'level', 'level_id', 'collection_mode', 'period']) }}

)

select * from quantiles
