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
    {% set month = ['last_month', 'opening_date', 'period', 'received_date'] | select('in', names) | first %}
    drop view if exists analysis.{{ relation.identifier }};
    {# What tells of no month and is not reference data is of use within a build only. #}
    {% set is_reference = relation.identifier.startswith('dim_')
        or relation.identifier in ('metric_definitions', 'metric_places') %}
    {% if month or is_reference %}
    create view analysis.{{ relation.identifier }} with (security_barrier = true) as
    select * from {{ relation }}
    where
        true
        {% if month -%}
        and date_trunc('month', {{ month }}) in (select analysis.month.month from analysis.month)
        {%- endif %}
        {% if month == 'last_month' -%}
        {# A longer period waits for every month of it that was built. #}
        {% set first_month = 'first_month' if 'first_month' in names else "date_trunc('month', period)" %}
        and not exists (
            select from ops.build
            where
                ops.build.month between {{ first_month }} and last_month
                and ops.build.month not in (select analysis.month.month from analysis.month)
        )
        {%- endif %}
        {% if 'metric_id' in names -%}
        and metric_id not in ('{{ restricted_metric_ids() | join("', '") }}')
        {%- endif %};
    {% endif %}
{% endmacro %}

{% macro restricted_metric_ids() %}
    {% set found = [] %}
    {% for node in graph.nodes.values() if node.config.get('meta', {}).get('metric', {}).get('restricted') %}
        {% do found.append(metric_id_of(node.name)) %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}
