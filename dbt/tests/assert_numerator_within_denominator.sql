-- A row is a share above one or below zero: the metric counts cases that are not in its base.
with

components as (

    select * from {{ ref('metric_components') }}

    where {{ in_built_months('opening_date') }}

),

definitions as (

    select * from {{ ref('metric_definitions') }}

),

outside as (

    select components.*

    from components
    inner join definitions
        on
            components.metric_id = definitions.metric_id
            and components.metric_version = definitions.metric_version

    where
        definitions.statistic in ('ratio', 'km_quantile')
        and (
            components.numerator is null
            or components.denominator is null
            or components.numerator < 0
            or components.numerator > components.denominator
        )

)

select * from outside
