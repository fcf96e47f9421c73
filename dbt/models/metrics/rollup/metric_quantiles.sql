with

cells as (

    select * from {{ ref('metric_cells') }}

    where duration_seconds is not null

),

definitions as (

    select * from {{ ref('metric_definitions') }}

),

cells_by_second as (

    select
        cells.*,
        definitions.quantile

    from cells
    inner join definitions
        on
            cells.metric_id = definitions.metric_id
            and cells.metric_version = definitions.metric_version

),

quantiles as (

    {{ km_quantiles('cells_by_second', cell_columns() + ['period']) }}

)

select * from quantiles
