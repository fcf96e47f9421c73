-- A row is a metric and month whose national sum is not the sum of its components: a join multiplies rows.
with

components as (

    select * from {{ ref('metric_components') }}

),

national_values as (

    select * from {{ ref('metric_values') }}

    where level = 'national'

),

component_sums as (

    select
        metric_id,
        collection_mode,
        sum(numerator) as numerator,
        sum(denominator) as denominator,
        cast(date_trunc('month', opening_date) as date) as period

    from components

    group by metric_id, collection_mode, date_trunc('month', opening_date)

),

differences as (

    select component_sums.*

    from component_sums
    left join national_values
        on
            component_sums.metric_id = national_values.metric_id
            and component_sums.collection_mode = national_values.collection_mode
            and component_sums.period = national_values.period

    where
        national_values.metric_id is null
        or component_sums.numerator <> national_values.numerator
        or coalesce(component_sums.denominator, 0) <> coalesce(national_values.denominator, 0)

)

select * from differences
