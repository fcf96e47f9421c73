{{ config(unlogged=true) }}

with

durations as (

    select * from {{ ref('metric_month_durations') }}

),

stretches as (

    select * from {{ ref('metric_stretches') }}

),

cells as (

    select * from {{ ref('metric_stretch_cells') }}

),

durations_of_cells as (

    select
        cells.cell_number,
        cells.stretch,
        durations.durations,
        durations.numerators,
        durations.denominators

    from durations
    inner join stretches on durations.period = stretches.first_day_of_month
    inner join cells using ({{ cell_columns() | join(', ') }}, stretch)

    where durations.period >= (select min(first_stretch.first_day_of_month) from stretches as first_stretch)

),

summed_by_second as (

    select
        durations.cell_number,
        durations.stretch,
        counts.duration_seconds,
        cast(sum(counts.numerator) as integer) as numerator,
        cast(sum(counts.denominator) as integer) as denominator

    from durations_of_cells as durations
    cross join
        lateral unnest(
            durations.durations, durations.numerators, durations.denominators
        ) as counts (duration_seconds, numerator, denominator)

    group by durations.cell_number, durations.stretch, counts.duration_seconds

)

select * from summed_by_second
