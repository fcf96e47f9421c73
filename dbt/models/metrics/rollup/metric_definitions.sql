with

definitions as (

    {% for metric_id in metric_ids() %}
    {% set meta = metric_meta(metric_id) %}
    select
        '{{ metric_id }}' as metric_id,
        {{ meta.version }} as metric_version,
        '{{ meta.statistic }}' as statistic,
        '{{ meta.unit }}' as unit,
        '{{ meta.source_family }}' as source_family,
        '{{ meta.lowest_level }}' as lowest_level,
        string_to_array('{{ meta.collection_modes | join(" ") }}', ' ') as collection_modes,
        string_to_array('{{ meta.breakdowns | join(" ") }}', ' ') as breakdowns,
        cast({{ meta.quantile or 'null' }} as double precision) as quantile,
        cast({{ meta.per or 'null' }} as integer) as per,
        cast({{ "'" ~ meta.valid_from ~ "'" if meta.valid_from else 'null' }} as date) as valid_from
    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}

)

select * from definitions
