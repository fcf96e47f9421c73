{% materialization by_month, adapter='postgres' %}
    {#
        A table that holds all months, of which a build replaces those that it builds, in one transaction. The query may give
        rows of other months too: they are left as they are. A query without a month is replaced whole.
    #}
    {% set target_relation = this.incorporate(type='table') %}
    {% set existing = load_cached_relation(this) %}
    {% set columns = columns_of_query(sql) %}
    {% set built = config.get('built_rows') or built_rows_by(columns | map(attribute='name') | list) %}
    {% set built_query %}
        select * from (
            {{ sql }}
        ) as by_month where {{ built }}
    {% endset %}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% if existing is none or not existing.is_table or should_full_refresh() %}
        {% if existing is not none %}{% do adapter.drop_relation(existing) %}{% endif %}
        {% call statement('main') %}{{ create_table_as(False, target_relation, built_query) }}{% endcall %}
        {% do create_indexes(target_relation) %}
        {% do create_index_of_months(target_relation, columns | map(attribute='name') | list) %}
    {% else %}
        {% do require_same_columns(target_relation, columns) %}
        {% call statement('delete') %}delete from {{ target_relation }} where {{ built }}{% endcall %}
        {% call statement('main') %}
            insert into {{ target_relation }} ({{ columns | map(attribute='quoted') | join(', ') }}) {{ built_query }}
        {% endcall %}
    {% endif %}
    {% do persist_docs(target_relation, model) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{% macro create_index_of_months(relation, column_names) %}
    {# What a build deletes and reads of the table lies together: that it does not read the years before. #}
    {% set day_or_month = ['opening_date', 'period', 'received_date'] | select('in', column_names) | first %}
    {% if day_or_month is defined %}
        {% call statement('create_index_of_months') %}create index on {{ relation }} ({{ day_or_month }}){% endcall %}
    {% endif %}
{% endmacro %}

{% macro columns_of_query(query) %}
    {# Asked of a table, for the types of a query that the driver gives are not those of a table's columns. #}
    {% set empty = make_temp_relation(this, '__columns') %}
    {% call statement('columns') %}
        {{ create_table_as(True, empty, 'select * from (' ~ query ~ ') as by_month where false') }}
    {% endcall %}
    {% set columns = adapter.get_columns_in_relation(empty) %}
    {% call statement('drop_columns') %}drop table {{ empty }}{% endcall %}
    {{ return(columns) }}
{% endmacro %}

{% macro built_rows_by(column_names) -%}
    {#
        By opening day or month what is of the months being built; by day of receipt all that such a build reads, up to
        the last instant that counts in it, by whole days: of the day of that instant it reads a part or nothing.
    #}
    {%- if 'opening_date' in column_names -%}
    {{ in_built_months('opening_date') }}
    {%- elif 'period' in column_names -%}
    {{ in_built_months('period') }}
    {%- elif 'received_date' in column_names -%}
    {{ received_for_built_months('received_date') }}
    {%- else -%}
    true
    {%- endif -%}
{%- endmacro %}

{% macro received_for_built_months(received_date) -%}
    (
        {{ in_built_months(received_date) }}
        or (
            {{ received_date }} >= {{ first_built_day() }}
            and {{ received_date }} < cast({{ local_time(last_received_before()) }} as date)
        )
    )
{%- endmacro %}

{% macro require_same_columns(relation, columns) %}
    {% set held = adapter.get_columns_in_relation(relation) %}
    {% if held | map(attribute='data_type') | list != columns | map(attribute='data_type') | list
        or held | map(attribute='name') | list != columns | map(attribute='name') | list %}
        {% do exceptions.raise_compiler_error(
            relation ~ ' holds months with other columns than its model has now: build all months again, pulssi build --all'
        ) %}
    {% endif %}
{% endmacro %}
