{% macro column_of_months(column_names) -%}
    {{ return(['opening_date', 'period', 'received_date'] | select('in', column_names) | first | default(none)) }}
{%- endmacro %}

{% macro is_partitioned_table(relation) %}
    {% set found = run_query("select relkind = 'p' from pg_class where oid = '" ~ relation ~ "'::regclass") %}
    {{ return(found.columns[0].values()[0]) }}
{% endmacro %}

{% macro partitions_of_months(relation, months) %}
    {#
        The partitions of months, given by their first days; those that are missing are made. A table that is attached lets
        analysts read on, one that is created as a partition would wait for them.
    #}
    {% set partitions = [] %}
    {% for month in months %}
        {% set partition = api.Relation.create(
            schema=relation.schema ~ '_months', identifier=relation.identifier ~ '_' ~ month[:7] | replace('-', '_')
        ) %}
        {% do partitions.append(partition) %}
        {% if run_query("select to_regclass('" ~ partition ~ "')").columns[0].values()[0] is none %}
            {% call statement('create_partition') %}
                create table {{ partition }} (like {{ relation }});
                alter table {{ relation }} attach partition {{ partition }} for values
                from (date '{{ month }}') to (cast(date '{{ month }}' + interval '1 month' as date))
            {% endcall %}
        {% endif %}
    {% endfor %}
    {{ return(partitions) }}
{% endmacro %}

{% macro months_written(month_column, query=none) %}
    {# By day of receipt a build writes on to the last instant that counts in its months. #}
    {% if not query and month_column != 'received_date' %}{{ return(var('built_months')) }}{% endif %}
    {% set days_received %}
        select generate_series(
            cast({{ first_built_day() }} as timestamp),
            greatest(
                date '{{ var("built_months") | max }}' + interval '1 month - 1 day', {{ local_time(last_received_before()) }}
            ),
            interval '1 day'
        )
    {% endset %}
    {% set months %}
        select distinct to_char(date_trunc('month', days.day), 'YYYY-MM-DD') as first_day
        from ({{ query or days_received }}) as days (day)
    {% endset %}
    {{ return(run_query(months).columns[0].values() | sort) }}
{% endmacro %}

{% macro analyze_months(relation, partitions) %}
    {#
        What was written is analyzed. Of a table of all months the planner takes only what joins need: a tenth of the
        usual sample does, and costs the same in the tenth year.
    #}
    {% call statement('analyze') %}
        {% for partition in partitions -%}
        analyze {{ partition }};
        {% endfor %}
        {% if partitions %}
        set local default_statistics_target = 10;
        analyze only {{ relation }};
        set local default_statistics_target to default
        {% else %}
        analyze {{ relation }}
        {% endif %}
    {% endcall %}
{% endmacro %}
