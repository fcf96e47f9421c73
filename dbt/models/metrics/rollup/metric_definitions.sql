with

definitions_of_all_versions as (

    {% for model in metric_ids() %}
    {% set meta = metric_meta(model) %}
    select
        '{{ metric_id_of(model) }}' as metric_id,
        {{ meta.version }} as metric_version,
        '{{ meta.statistic }}' as statistic,
        '{{ meta.unit }}' as unit,
        '{{ meta.source_family }}' as source_family,
        '{{ meta.lowest_level }}' as lowest_level,
        string_to_array('{{ meta.collection_modes | join(" ") }}', ' ') as collection_modes,
        string_to_array('{{ meta.breakdowns | join(" ") }}', ' ') as breakdowns,
        cast({{ meta.quantile or 'null' }} as double precision) as quantile,
        cast({{ meta.per or 'null' }} as integer) as per,
        cast('{{ meta.valid_from or "-infinity" }}' as date) as valid_from
    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}

),

definitions as (

    select
        *,
        lead(valid_from) over (partition by metric_id order by valid_from, metric_version) as valid_to

    from definitions_of_all_versions

)

select * from definitions
