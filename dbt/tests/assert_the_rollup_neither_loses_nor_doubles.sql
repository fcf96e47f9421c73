-- A row is a metric and month whose national figure, or the parts of one breakdown of it together, is not the sum of
-- the components: a join multiplies rows or drops them.
with

components as (

    select * from {{ ref('metric_components') }}

    where {{ in_built_months('opening_date') }}

),

national_values as (

    select * from {{ ref('metric_month_values') }}

    where
        level = 'national'
        and {{ in_built_months('period') }}

),

component_sums as (

    select
        metric_id,
        metric_version,
        collection_mode,
        sum(numerator) as numerator,
        sum(denominator) as denominator,
        cast(date_trunc('month', opening_date) as date) as period

    from components

    group by metric_id, metric_version, collection_mode, date_trunc('month', opening_date)

),

national_sums as (

    select
        metric_id,
        metric_version,
        collection_mode,
        breakdown,
        sum(numerator) as numerator,
        sum(denominator) as denominator,
        period

    from national_values

    group by metric_id, metric_version, collection_mode, breakdown, period

),

differences as (

    select
        component_sums.*,
        national_sums.breakdown

    from component_sums
    left join national_sums
        on
            component_sums.metric_id = national_sums.metric_id
            and component_sums.metric_version = national_sums.metric_version
            and component_sums.collection_mode = national_sums.collection_mode
            and component_sums.period = national_sums.period

    where
        national_sums.metric_id is null
        or component_sums.numerator <> national_sums.numerator
        or coalesce(component_sums.denominator, 0) <> coalesce(national_sums.denominator, 0)

)

select * from differences
