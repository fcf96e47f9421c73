{{ config(materialized='by_month', indexes=[{'columns': ['metric_id', 'opening_date']}]) }}

with

-- What a metric does not have is null: a duration where it is no quantile, a breakdown that its yml does not list.
components as (

    {% for model in metric_ids() %}
    {% set meta = metric_meta(model) %}
    select
        '{{ metric_id_of(model) }}' as metric_id,
        {{ meta.version }} as metric_version,
        service_point_id,
        coalesce(agency_code, 'not_attributable') as agency_code,
        collection_mode,
        {% for breakdown, type in metric_breakdowns().items() -%}
        cast({{ breakdown if breakdown in meta.breakdowns else 'null' }} as {{ type }}) as {{ breakdown }},
        {% endfor -%}
        cast({{ 'duration_seconds' if meta.statistic == 'km_quantile' else 'null' }} as integer) as duration_seconds,
        cast(numerator as numeric) as numerator,
        cast(denominator as numeric) as denominator,
        cast(
            {{ 'sum_of_squares' if meta.statistic == 'mean' and meta.interval == 'persons' else 'null' }} as numeric
        ) as sum_of_squares,
        opening_date

    from {{ ref(model) }}

    where {{ in_built_months('opening_date') }}

    {% if not loop.last -%}
    union all
    {%- endif -%}
    {%- endfor %}

)

select * from components
