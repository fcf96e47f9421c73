{{ config(unlogged=true) }}

with

durations as (

    select * from {{ ref('metric_durations') }}

),

cells as (

    select * from {{ ref('metric_cells') }}

    where sums_ids is not null

),

definitions as (

    select * from {{ ref('metric_definitions') }}

),

cells_by_second as (

    select
        durations.*,
        definitions.quantile

    from durations
    inner join cells on durations.cell_id = cells.cell_id
    inner join definitions
        on
            cells.metric_id = definitions.metric_id
            and cells.metric_version = definitions.metric_version

),

quantiles as (

    {{ km_quantiles('cells_by_second', ['cell_id']) }}

)

select * from quantiles
