{% macro mean_value(cells) -%}
    {{ cells }}.numerator / nullif({{ cells }}.denominator, 0)
{%- endmacro %}

{% macro ratio_value(cells) -%}
    {{ cells }}.numerator / nullif({{ cells }}.denominator, 0)
{%- endmacro %}

{% macro count_value(cells) -%}
    {{ cells }}.numerator
{%- endmacro %}

{% macro sum_value(cells, unit) -%}
    {# Hours per week are those of the period by its days. #}
    case {{ unit }}
        when 'hours_per_week' then {{ cells }}.numerator * 7 / nullif({{ cells }}.calendar_day_count, 0)
        else {{ cells }}.numerator
    end
{%- endmacro %}

{% macro rate_value(cells, per) -%}
    {{ per }} * {{ cells }}.numerator / nullif({{ cells }}.denominator, 0)
{%- endmacro %}

{% macro quotient_value(cells) -%}
    {{ cells }}.numerator / nullif({{ cells }}.denominator, 0)
{%- endmacro %}

{% macro km_quantiles(waits, cell) -%}
    {#
        The Kaplan-Meier quantile of each *cell* (a list of columns) of *waits*: one row per cell and second, numerator
        called, denominator called or left, and the quantile. As R's survfit: at the same second calls come before
        leaving; where the curve lies on the quantile exactly, the middle of that step, which at the end of the curve
        goes on to the longest wait known. A quantile that is not reached gives the longest wait known, and is_reached
        false. Postgres has no product, so logarithms are summed; the tolerance is survfit's. Of integers the server sums
        fast; those of a second are never too many for one.
    #}
    {%- set cells = cell | join(', ') %}
    with

    at_risk_counted as (

        select
            *,
            sum(cast(denominator as integer)) over (partition by {{ cells }})
            - sum(cast(denominator as integer)) over (
                partition by {{ cells }} order by duration_seconds rows unbounded preceding
            )
            + denominator as at_risk

        from {{ waits }}

    ),

    steps as (

        select
            *,
            case
                when numerator = at_risk then cast('-infinity' as double precision)
                else ln(1 - cast(numerator as double precision) / cast(at_risk as double precision))
            end as log_step

        from at_risk_counted

    ),

    curve as (

        select
            *,
            exp(sum(log_step) over (partition by {{ cells }} order by duration_seconds rows unbounded preceding))
            - (1 - quantile) as height_above_quantile

        from steps

    ),

    -- Only a call lowers the curve: the first two calls at or below the quantile decide.
    calls_numbered as (

        select
            *,
            case
                when numerator > 0 and height_above_quantile < 1.5e-8
                    then
                        count(*) filter (where numerator > 0 and height_above_quantile < 1.5e-8) over (
                            partition by {{ cells }} order by duration_seconds rows unbounded preceding
                        )
            end as call_number

        from curve

    ),

    quantiles as (

        select
            {{ cells }},
            case
                when bool_or(call_number = 1 and abs(height_above_quantile) < 1.5e-8)
                    then (
                        min(duration_seconds) filter (where call_number = 1)
                        + coalesce(min(duration_seconds) filter (where call_number = 2), max(duration_seconds))
                    ) / 2.0
                else coalesce(min(duration_seconds) filter (where call_number = 1), max(duration_seconds))
            end as seconds,
            coalesce(bool_or(call_number = 1), false) as is_reached

        from calls_numbered

        group by {{ cells }}

    )

    select * from quantiles
{%- endmacro %}

{% macro km_quantile_value(quantiles, unit) -%}
    {{ quantiles }}.seconds / case {{ unit }} when 'days' then 86400 when 'hours' then 3600 else 60 end
{%- endmacro %}

{% macro value_status_of(value, is_beyond_range) -%}
    case
        when {{ value }} is null then 'no_data'
        when {{ is_beyond_range }} then 'beyond_range'
        else 'observed'
    end
{%- endmacro %}

{% macro value_of(cells, quantiles, definitions) -%}
    case {{ definitions }}.statistic
        when 'mean' then {{ mean_value(cells) }}
        when 'ratio' then {{ ratio_value(cells) }}
        when 'count' then {{ count_value(cells) }}
        when 'sum' then {{ sum_value(cells, definitions ~ '.unit') }}
        when 'rate' then {{ rate_value(cells, definitions ~ '.per') }}
        when 'quotient' then {{ quotient_value(cells) }}
        when 'km_quantile' then {{ km_quantile_value(quantiles, definitions ~ '.unit') }}
    end
{%- endmacro %}
