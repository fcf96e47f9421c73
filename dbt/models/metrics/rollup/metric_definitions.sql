with

definitions as (

    {% for metric_id in metric_ids() %}
    {% set meta = metric_meta(metric_id) %}
    select
        '{{ metric_id }}' as metric_id,
        {{ meta.version }} as metric_version,
        '{{ meta.statistic }}' as statistic,
        '{{ meta.source_family }}' as source_family,
        string_to_array('{{ meta.collection_modes | join(" ") }}', ' ') as collection_modes,
        cast({{ meta.quantile or 'null' }} as double precision) as quantile
    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}

)

select * from definitions
