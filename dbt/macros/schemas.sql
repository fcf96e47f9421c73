{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ target.schema }}
{%- endmacro %}

{% macro postgres__safe_cast(field, type) %}
    {#- dbt reads the type of an array's column as ARRAY, which no unit test could cast its rows to. -#}
    cast({{ field }} as {{ 'text[]' if type == 'ARRAY' else type }})
{% endmacro %}
