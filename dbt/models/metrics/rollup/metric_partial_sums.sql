with

cells as (

    select * from {{ ref('metric_cells') }}

    where level = 'agency' and breakdown = 'total'

),

expectations as (

    select * from {{ ref('metric_expectations') }}

    where level = 'agency' and has_source

),

definitions as (

    select * from {{ ref('metric_definitions') }}

    where lowest_level = 'agency' and statistic in ('count', 'sum')

),

agencies_expected as (

    select distinct
        expectations.metric_id,
        expectations.metric_version,
        expectations.level_id,
        expectations.period

    from expectations
    inner join definitions
        on
            expectations.metric_id = definitions.metric_id
            and expectations.metric_version = definitions.metric_version

),

modes_reported as (

    select distinct
        metric_id,
        metric_version,
        collection_mode,
        period

    from cells

),

partial_sums as (

    select distinct
        modes_reported.metric_id,
        modes_reported.metric_version,
        modes_reported.collection_mode,
        modes_reported.period

    from modes_reported
    inner join agencies_expected using (metric_id, metric_version, period)
    left join cells using (metric_id, metric_version, collection_mode, level_id, period)

    where cells.metric_id is null

)

select * from partial_sums
