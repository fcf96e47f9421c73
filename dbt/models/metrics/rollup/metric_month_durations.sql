{{ config(materialized='by_month', indexes=[{'columns': ['period']}]) }}

with

cells as (

    select * from {{ ref('metric_cells') }}

    where
        duration_seconds is not null
        and breakdown = 'total'
        and level <> 'point_agency'

),

packed as (

    select
        {{ cell_columns() | join(', ') }},
        array_agg(duration_seconds order by duration_seconds) as durations,
        array_agg(cast(numerator as integer) order by duration_seconds) as numerators,
        array_agg(cast(denominator as integer) order by duration_seconds) as denominators,
        period

    from cells

    group by {{ cell_columns() | join(', ') }}, period

)

select * from packed
