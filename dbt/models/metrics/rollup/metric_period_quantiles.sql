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

durations_of_periods as (

    select
        durations.*,
        periods.period_kind,
        periods.period as first_day

    from periods
    inner join durations on durations.period between periods.first_month and periods.last_month

),

summed_by_second as (

    select
        {{ cell_columns() | join(', ') }},
        period_kind,
        counts.duration_seconds,
        sum(counts.numerator) as numerator,
        sum(counts.denominator) as denominator,
        first_day as period

    from durations_of_periods
    cross join
        lateral unnest(durations, numerators, denominators) as counts (duration_seconds, numerator, denominator)

    group by {{ cell_columns() | join(', ') }}, period_kind, counts.duration_seconds, first_day

),

cells_by_second as (

    select
        summed.*,
        definitions.quantile

    from summed_by_second as summed
    inner join definitions
        on
            summed.metric_id = definitions.metric_id
            and summed.metric_version = definitions.metric_version

),

quantiles as (

    {{ km_quantiles('cells_by_second', cell_columns() + ['period_kind', 'period']) }}

)

select * from quantiles
