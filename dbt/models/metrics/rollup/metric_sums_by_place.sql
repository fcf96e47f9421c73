{{ config(unlogged=true) }}

with

places as (

    select * from {{ ref('metric_places') }}

),

-- Not materialized, for each metric reads its own rows; a component without a service point has no place.
components as not materialized (

    select
        components.*,
        places.place_id,
        cast(extract(isodow from components.opening_date) as integer) as weekday,
        1 << (cast(extract(day from components.opening_date) as integer) - 1) as day_of_month_bit,
        cast(date_trunc('month', components.opening_date) as date) as period

    from {{ ref('metric_components') }} as components
    left join places
        on
            components.service_point_id = places.service_point_id
            and {{ is_valid_on('places', 'components.opening_date') }}

    where {{ in_built_months('components.opening_date') }}

),

sums as (

    {% for model in metric_ids() %}
    {% set meta = metric_meta(model) %}
    {% set parts = (['weekday'] + meta.breakdowns) | reject('in', meta.not_by) | list %}
    select
        metric_id,
        metric_version,
        service_point_id,
        agency_code,
        collection_mode,
        coalesce(
            {% for part in parts -%}
            case when grouping({{ part }}) = 0 then '{{ part }}' end,
            {% endfor -%}
            'total'
        ) as breakdown,
        coalesce(
            {% for part in parts -%}
            case when grouping({{ part }}) = 0 then coalesce(cast({{ part }} as text), 'not_known') end,
            {% endfor -%}
            'total'
        ) as breakdown_value,
        place_id,
        sum(numerator) as numerator,
        sum(denominator) as denominator,
        sum(sum_of_squares) as sum_of_squares,
        bit_or(day_of_month_bit) as opening_days,
        {% for column, values in packed_durations().items() -%}
        {{ values if meta.statistic == 'km_quantile' else 'cast(null as integer[])' }} as {{ column }},
        {% endfor -%}
        period

    from components

    where
        metric_id = '{{ metric_id_of(model) }}'
        and metric_version = {{ meta.version }}

    group by
        metric_id, metric_version, service_point_id, agency_code, collection_mode, place_id, period,
        grouping sets (
            (){% for part in parts %}, ({{ part }}){% endfor %}
        )
    {% if not loop.last -%}
    union all
    {%- endif -%}
    {%- endfor %}

),

numbered as (

    select
        *,
        row_number() over () as sums_id

    from sums

)

select * from numbered
