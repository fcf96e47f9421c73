with

durations as (

    select * from {{ ref('metric_month_durations') }}

),

periods as (

    select * from {{ ref('metric_periods') }}

    where period_kind <> 'wave'

),

definitions as (

    select * from {{ ref('metric_definitions') }}

),

-- A number for each cell, for sorting by its many columns again and again would cost most of the time.
durations_of_periods as (

    select
        {% for column in cell_columns() -%}
        durations.{{ column }},
        {% endfor -%}
        durations.durations,
        durations.numerators,
        durations.denominators,
        periods.period_kind,
        periods.period,
        dense_rank() over (
            order by durations.{{ cell_columns() | join(', durations.') }}, periods.period_kind, periods.period
        ) as cell_id

    from periods
    inner join durations on durations.period between periods.first_month and periods.last_month

),

cells as (

    select distinct
        {{ cell_columns() | join(', ') }},
        period_kind,
        period,
        cell_id

    from durations_of_periods

),

summed_by_second as (

    select
        durations.cell_id,
        counts.duration_seconds,
        sum(counts.numerator) as numerator,
        sum(counts.denominator) as denominator

    from durations_of_periods as durations
    cross join
        lateral unnest(
            durations.durations, durations.numerators, durations.denominators
        ) as counts (duration_seconds, numerator, denominator)

    group by durations.cell_id, counts.duration_seconds

),

cells_by_second as (

    select
        summed.*,
        definitions.quantile

    from summed_by_second as summed
    inner join cells on summed.cell_id = cells.cell_id
    inner join definitions
        on
            cells.metric_id = definitions.metric_id
            and cells.metric_version = definitions.metric_version

),

quantiles as (

    {{ km_quantiles('cells_by_second', ['cell_id']) }}

),

quantiles_of_cells as (

    select
        {% for column in cell_columns() -%}
        cells.{{ column }},
        {% endfor -%}
        cells.period_kind,
        quantiles.seconds,
        quantiles.is_reached,
        cells.period

    from quantiles
    inner join cells on quantiles.cell_id = cells.cell_id

)

select * from quantiles_of_cells
