with

month_values as (

    select * from {{ ref('metric_month_values') }}

),

periods as (

    select * from {{ ref('metric_periods') }}

),

-- Parts of a single point are given by month, as are parts of a quantile and quantiles of a point's agency; of a wave,
-- the part that is the wave.
months_of_periods as (

    select
        month_values.*,
        periods.period_kind,
        periods.last_month,
        array_position({{ missing_reasons() }}, month_values.missing_reason) as reason_rank,
        cast(month_values.period + interval '1 month' as date) - month_values.period as calendar_day_count,
        periods.period as first_day

    from periods
    inner join month_values on month_values.period between periods.first_month and periods.last_month

    where
        (month_values.breakdown = 'wave_id' and month_values.breakdown_value = periods.wave_id)
        or (
            periods.wave_id is null
            and case
                when month_values.statistic = 'km_quantile'
                    then month_values.breakdown = 'total' and month_values.level <> 'point_agency'
                else month_values.breakdown = 'total' or month_values.level <> 'service_point'
            end
        )

),

cells as (

    select
        {{ cell_columns() | join(', ') }},
        period_kind,
        min(reason_rank) as reason_rank,
        sum(numerator) as numerator,
        sum(denominator) as denominator,
        sum(sum_of_squares) as sum_of_squares,
        sum(opening_day_count) as opening_day_count,
        count(*) filter (where value_status <> 'no_data') as month_count,
        sum(calendar_day_count) filter (where value_status <> 'no_data') as calendar_day_count,
        last_month,
        first_day as period

    from months_of_periods

    group by {{ cell_columns() | join(', ') }}, period_kind, last_month, first_day

)

select * from cells
