{{
    config(
        materialized='by_month',
        kept_rows=is_of_a_stretch_needed(),
        unlogged=true
    )
}}

with

durations as (

    select * from {{ ref('metric_month_durations') }}

),

needed as (

    select * from {{ ref('metric_stretches') }}

),

-- What was summed of months that were not built again since is kept.
stretches as (

    select *

    from needed

    where not {{ is_held_in(this, 'needed') }}

),

-- Materialized: one key for each cell, and not for each second of it.
durations_of_cells as materialized (

    select
        {{ cell_key() }} as cell_key,
        durations.durations,
        durations.numerators,
        durations.denominators,
        stretches.stretch

    from durations
    inner join stretches on durations.period = stretches.first_day_of_month

    where
        durations.period >= (select min(summed.first_day_of_month) from stretches as summed)
        and durations.period <= (select max(summed.first_day_of_month) from stretches as summed)

),

summed_by_second as (

    select
        durations.cell_key,
        durations.stretch,
        counts.duration_seconds,
        sum(counts.numerator) as numerator,
        sum(counts.denominator) as denominator

    from durations_of_cells as durations
    {{ unpacked_durations('durations') }}

    group by durations.cell_key, counts.duration_seconds, durations.stretch

),

packed as (

    select
        cell_key,
        {% for column, values in packed_durations().items() -%}
        {{ values }} as {{ column }},
        {% endfor -%}
        stretch

    from summed_by_second

    group by cell_key, stretch

)

select * from packed
