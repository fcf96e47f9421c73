{{ config(materialized='by_month') }}

with

durations as (

    select * from {{ ref('metric_durations') }}

),

cells as (

    select * from {{ ref('metric_cells') }}

    where
        breakdown = 'total'
        and level <> 'point_agency'

),

packed as (

    select
        {% for column, values in packed_durations(' order by duration_seconds').items() -%}
        {{ values }} as {{ column }},
        {% endfor -%}
        cell_id

    from durations

    where cell_id in (select cells.cell_id from cells)

    group by cell_id

),

durations_of_cells as (

    select
        {% for column in cell_columns() -%}
        cells.{{ column }},
        {% endfor -%}
        packed.durations,
        packed.numerators,
        packed.denominators,
        cells.period

    from packed
    inner join cells on packed.cell_id = cells.cell_id

)

select * from durations_of_cells
