{{ config(unlogged=true) }}

with

durations as (

    select * from {{ ref('metric_stretch_durations') }}

),

stretches_of_periods as (

    select * from {{ ref('metric_stretches_of_periods') }}

),

definitions as (

    select * from {{ ref('metric_definitions') }}

),

columns_of_cells as (

    select distinct on (cell_key)
        cell_key,
        {{ cell_columns() | join(', ') }}

    from {{ ref('metric_stretch_cells') }}

    order by cell_key

),

summed_by_second as (

    select
        durations.cell_key,
        periods.period_number,
        counts.duration_seconds,
        cast(sum(counts.numerator) as integer) as numerator,
        cast(sum(counts.denominator) as integer) as denominator

    from durations
    inner join stretches_of_periods as periods on durations.stretch = periods.stretch
    {{ unpacked_durations('durations') }}

    group by durations.cell_key, periods.period_number, counts.duration_seconds

),

cells_by_second as (

    select
        summed.*,
        definitions.quantile

    from summed_by_second as summed
    inner join columns_of_cells as cells on summed.cell_key = cells.cell_key
    inner join definitions
        on
            cells.metric_id = definitions.metric_id
            and cells.metric_version = definitions.metric_version

),

quantiles as (

    {{ km_quantiles('cells_by_second', ['cell_key', 'period_number']) }}

),

periods as (

    select distinct
        period_number,
        period_kind,
        period

    from stretches_of_periods

),

quantiles_of_cells as (

    select
        {% for column in cell_columns() -%}
        cells.{{ column }},
        {% endfor -%}
        periods.period_kind,
        quantiles.seconds,
        quantiles.is_reached,
        periods.period

    from quantiles
    inner join columns_of_cells as cells on quantiles.cell_key = cells.cell_key
    inner join periods on quantiles.period_number = periods.period_number

)

select * from quantiles_of_cells
