with

durations as (

    select * from {{ ref('metric_month_durations') }}

),

months_of_periods as (

    select * from {{ ref('metric_months_of_periods') }}

),

definitions as (

    select * from {{ ref('metric_definitions') }}

),

stretches_of_months as (

    select distinct
        stretch,
        first_day_of_month

    from months_of_periods

),

stretches_of_periods as (

    select distinct
        stretch,
        period_kind,
        period

    from months_of_periods

),

-- A number for each cell, for sorting by its many columns again and again would cost most of the time.
durations_of_stretches as (

    select
        {% for column in cell_columns() -%}
        durations.{{ column }},
        {% endfor -%}
        durations.durations,
        durations.numerators,
        durations.denominators,
        stretches.stretch,
        dense_rank() over (order by durations.{{ cell_columns() | join(', durations.') }}) as cell_number

    from durations
    inner join stretches_of_months as stretches on durations.period = stretches.first_day_of_month

),

cells as (

    select distinct
        durations.{{ cell_columns() | join(', durations.') }},
        durations.cell_number,
        periods.period_kind,
        periods.period,
        definitions.quantile

    from durations_of_stretches as durations
    inner join stretches_of_periods as periods on durations.stretch = periods.stretch
    inner join definitions
        on
            durations.metric_id = definitions.metric_id
            and durations.metric_version = definitions.metric_version

),

cells_numbered as (

    select
        *,
        row_number() over () as cell_id

    from cells

),

stretches_by_second as (

    select
        durations.cell_number,
        durations.stretch,
        counts.duration_seconds,
        sum(counts.numerator) as numerator,
        sum(counts.denominator) as denominator

    from durations_of_stretches as durations
    cross join
        lateral unnest(
            durations.durations, durations.numerators, durations.denominators
        ) as counts (duration_seconds, numerator, denominator)

    group by durations.cell_number, durations.stretch, counts.duration_seconds

),

cells_by_second as (

    select
        cells.cell_id,
        cells.quantile,
        stretches.duration_seconds,
        sum(stretches.numerator) as numerator,
        sum(stretches.denominator) as denominator

    from stretches_by_second as stretches
    inner join stretches_of_periods as periods on stretches.stretch = periods.stretch
    inner join cells_numbered as cells
        on
            stretches.cell_number = cells.cell_number
            and periods.period_kind = cells.period_kind
            and periods.period = cells.period

    group by cells.cell_id, cells.quantile, stretches.duration_seconds

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
    inner join cells_numbered as cells on quantiles.cell_id = cells.cell_id

)

select * from quantiles_of_cells
