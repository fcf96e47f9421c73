{% macro metric_ids() %}
    {# The one list that a new metric is added to. #}
    {{ return([
        'abandonment_rate',
        'advanced_rate',
        'booked_on_time_share',
        'completeness',
        'customer_safety_physical_mean',
        'equal_mean',
        'not_advanced_rate',
        'queue_time_median',
        'queue_time_within_target_share',
        'resolved_rate',
        'satisfaction_happy_share',
        'satisfaction_mean',
        'visits',
    ]) }}
{% endmacro %}

{% macro metric_meta(metric_id) %}
    {# What the metric's yml says; while dbt only parses, and for sqlfluff, there is no graph to look in. #}
    {% set defaults = {
        'breakdowns': [], 'lowest_level': 'service_point', 'valid_from': none, 'quantile': none, 'per': none,
    } %}
    {% set unknown = {
        'version': 1, 'statistic': 'ratio', 'unit': 'share', 'interval': 'none', 'source_family': 'queue',
        'collection_modes': ['queue_system'],
    } %}
    {% if not execute %}{{ return(dict(defaults, **unknown)) }}{% endif %}
    {{ return(dict(defaults, **graph.nodes['model.' ~ project_name ~ '.' ~ metric_id].config.meta.metric)) }}
{% endmacro %}

{% macro metric_breakdowns() %}
    {# The columns that a metric may be broken down by where its yml says so, and their types. #}
    {{ return({
        'service_code': 'text',
        'service_kind': 'text',
        'access': 'text',
        'service_mode': 'text',
        'language': 'text',
        'opening_hour': 'integer',
        'matter_code': 'text',
        'wave_id': 'text',
        'overseer': 'text',
        'incident_type': 'text',
    }) }}
{% endmacro %}

{% macro at_levels(cells) %}
    {# The levels that every figure is given at, and what identifies a row of each. #}
    cross join lateral (
        values
        ('service_point', {{ cells }}.service_point_id),
        ('region', {{ cells }}.region_code),
        ('size_class', {{ cells }}.size_class),
        ('agency', nullif({{ cells }}.agency_code, 'not_attributable')),
        ('national', 'national')
    ) as levels (level, level_id)
{% endmacro %}

{% macro mean_of_scores(answers, question_code) %}
    select
        service_point_id,
        agency_code,
        collection_mode,
        sum(score * answer_count) as numerator,
        sum(answer_count) as denominator,
        sum(score * score * answer_count) as sum_of_squares,
        opening_date

    from {{ answers }}

    where
        question_code = '{{ question_code }}'
        and population = 'customers'
        and score is not null

    group by service_point_id, agency_code, collection_mode, opening_date
{% endmacro %}

{% macro share_of_answers(answers, question_code, is_counted, is_base='is_answer') %}
    select
        service_point_id,
        agency_code,
        collection_mode,
        coalesce(sum(answer_count) filter (where {{ is_counted }}), 0) as numerator,
        sum(answer_count) as denominator,
        opening_date

    from {{ answers }}

    where
        question_code = '{{ question_code }}'
        and population = 'customers'
        and {{ is_base }}

    group by service_point_id, agency_code, collection_mode, opening_date
{% endmacro %}
