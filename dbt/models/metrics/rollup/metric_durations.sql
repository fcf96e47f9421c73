{{ config(unlogged=true) }}

with

cells as (

    select
        cell_id,
        unnest(sums_ids) as sums_id

    from {{ ref('metric_cells') }}

),

sums as (

    select * from {{ ref('metric_sums_by_place') }}

    where durations is not null

),

durations as (

    select
        cells.cell_id,
        counts.duration_seconds,
        sum(counts.numerator) as numerator,
        sum(counts.denominator) as denominator

    from cells
    inner join sums on cells.sums_id = sums.sums_id
    {{ unpacked_durations('sums') }}

    group by cells.cell_id, counts.duration_seconds

)

select * from durations
