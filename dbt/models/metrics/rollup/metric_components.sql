with

components as (

    {% for metric_id in metric_ids() %}
    select
        '{{ metric_id }}' as metric_id,
        {{ metric_meta(metric_id).version }} as metric_version,
        service_point_id,
        agency_code,
        collection_mode,
        wait_seconds,
        cast(numerator as numeric) as numerator,
        cast(denominator as numeric) as denominator,
        sum_of_squares,
        opening_date

    from {{ ref(metric_id) }}
    {% if not loop.last -%}
    union all
    {%- endif -%}
    {%- endfor %}

)

select * from components
