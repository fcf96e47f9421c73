{% materialization by_month, adapter='postgres' %}
    {#
        A table that holds all months, of which a build replaces those that it builds, in one transaction. The query may give
        rows of other months too: they are left as they are. Each month is a partition. A query without a month is replaced
        whole. With kept_rows the table holds what can be made from other tables at any time: the query gives the rows that
        are not kept, and all of them where the table has other columns.
    #}
    {% set target_relation = this.incorporate(type='table') %}
    {% set existing = load_cached_relation(this) %}
    {% set empty = make_temp_relation(this, '__columns') %}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {# Columns are asked of a table, for the types of a query that the driver gives are not those of a table's. #}
    {% call statement('columns') %}
        {{ create_table_as(True, empty, 'select * from (' ~ sql ~ ') as by_month where false') }}
    {% endcall %}
    {% set columns = adapter.get_columns_in_relation(empty) %}
    {% set names = columns | map(attribute='name') | list %}
    {% set kept = config.get('kept_rows') %}
    {% set built = 'true' if kept else config.get('built_rows') or built_rows_by(names) %}
    {% set month_column = config.get('month_column') or (
        none if kept or config.get('built_rows') else column_of_months(names)
    ) %}
    {% set is_new = existing is none or not existing.is_table or should_full_refresh()
        or (kept and not has_columns(existing, columns)) %}
    {% if is_new %}
        {% if existing is not none %}{% do adapter.drop_relation(existing) %}{% endif %}
        {% call statement('create') %}
            create {{ 'unlogged' if config.get('unlogged') }} table {{ target_relation }} (like {{ empty }})
            {{ 'partition by range (' ~ month_column ~ ')' if month_column }}
        {% endcall %}
    {% else %}
        {% do require_same_columns(target_relation, columns, month_column) %}
    {% endif %}
    {% call statement('drop_columns') %}drop table {{ empty }}{% endcall %}
    {% set months = months_written(month_column, config.get('months_written')) if month_column else [] %}
    {% set partitions = partitions_of_months(target_relation, months) %}
    {% if not is_new %}
        {% call statement('delete') %}
            delete from {{ target_relation }} where {{ 'not (' ~ kept ~ ')' if kept else built }}
        {% endcall %}
    {% endif %}
    {% call statement('main') %}
        insert into {{ target_relation }} ({{ columns | map(attribute='quoted') | join(', ') }})
        select * from (
            {{ sql }}
        ) as by_month where {{ built }}
    {% endcall %}
    {% if is_new %}{% do create_indexes(target_relation) %}{% endif %}
    {% do analyze_months(target_relation, partitions) %}
    {% do persist_docs(target_relation, model) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{% macro built_rows_by(column_names) -%}
    {#
        By opening day or month what is of the months being built; by day of receipt all that such a build reads, up to
        the last instant that counts in it, by whole days: of the day of that instant it reads a part or nothing.
    #}
    {%- set month_column = column_of_months(column_names) -%}
    {%- if month_column == 'received_date' -%}
    {{ received_for_built_months(month_column) }}
    {%- elif month_column -%}
    {{ in_built_months(month_column) }}
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

{% macro has_columns(relation, columns) %}
    {% set held = adapter.get_columns_in_relation(relation) %}
    {{ return(
        held | map(attribute='data_type') | list == columns | map(attribute='data_type') | list
        and held | map(attribute='name') | list == columns | map(attribute='name') | list
    ) }}
{% endmacro %}

{% macro require_same_columns(relation, columns, month_column) %}
    {% if not has_columns(relation, columns) or is_partitioned_table(relation) != (month_column is not none) %}
        {% do exceptions.raise_compiler_error(
            relation ~ ' holds months with other columns than its model has now: build all months again, pulssi build --all'
        ) %}
    {% endif %}
{% endmacro %}
