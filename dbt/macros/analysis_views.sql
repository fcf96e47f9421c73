{% macro analysis_views() %}
    {# One view per table of facts, dimensions and metrics, of the months that analysts may see. #}
    {% if execute and flags.WHICH in ('build', 'run') %}
        {% for node in graph.nodes.values()
            if node.resource_type == 'model' and node.fqn[1] in ('marts', 'metrics') %}
            {% set relation = load_relation(api.Relation.create(
                database=target.database, schema=node.schema, identifier=node.name, type='table'
            )) %}
            {% set meta = node.config.get('meta', {}) %}
            {% if relation is not none and not meta.get('restricted') and not meta.get('metric', {}).get('restricted') %}
                {% do run_query(analysis_view(relation)) %}
            {% endif %}
        {% endfor %}
        {% do adapter.commit() %}
    {% endif %}
{% endmacro %}

{% macro analysis_view(relation) %}
    {% set names = adapter.get_columns_in_relation(relation) | map(attribute='name') | list %}
    {% set month = ['opening_date', 'period', 'received_date'] | select('in', names) | first %}
    drop view if exists analysis.{{ relation.identifier }};
    create view analysis.{{ relation.identifier }} with (security_barrier = true) as
    select * from {{ relation }}
    where
        true
        {% if month -%}
        and date_trunc('month', {{ month }}) in (select analysis.month.month from analysis.month)
        {%- endif %}
        {% if 'metric_id' in names -%}
        and metric_id not in ('{{ restricted_metric_ids() | join("', '") }}')
        {%- endif %};
{% endmacro %}

{% macro restricted_metric_ids() %}
    {% set ids = [] %}
    {% for node in graph.nodes.values() if node.config.get('meta', {}).get('metric', {}).get('restricted') %}
        {% do ids.append(node.name) %}
    {% endfor %}
    {{ return(ids) }}
{% endmacro %}
