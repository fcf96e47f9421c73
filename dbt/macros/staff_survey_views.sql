{% macro staff_survey_views() %}
    {# The restricted tables, and the values of restricted metrics, of the months that analysts may see. #}
    {% if execute and flags.WHICH in ('build', 'run') %}
        {% set names = restricted_metric_ids() + ['metric_values'] %}
        {% for node in graph.nodes.values() if node.config.get('meta', {}).get('restricted') %}
            {% do names.append(node.name) %}
        {% endfor %}
        {% for name in names %}
            {% set relation = load_relation(api.Relation.create(
                database=target.database, schema=target.schema, identifier=name, type='table'
            )) %}
            {% if relation is not none %}
                {% do run_query(staff_survey_view(relation)) %}
            {% endif %}
        {% endfor %}
    {% endif %}
{% endmacro %}

{% macro staff_survey_view(relation) %}
    {% set names = adapter.get_columns_in_relation(relation) | map(attribute='name') | list %}
    drop view if exists staff_survey.{{ relation.identifier }};
    create view staff_survey.{{ relation.identifier }} with (security_barrier = true) as
    select * from {{ relation }}
    where
        date_trunc('month', {{ 'period' if 'period' in names else 'opening_date' }}) in (
            select analysis.month.month from analysis.month
        )
        {% if 'metric_id' in names -%}
        and metric_id in ('{{ restricted_metric_ids() | join("', '") }}')
        {%- endif %};
{% endmacro %}
