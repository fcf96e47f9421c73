{% macro metric_id_of(model) %}
    {# A later version of a metric stands beside the first one: <id>__v2. #}
    {{ return(model.split('__v')[0]) }}
{% endmacro %}

{% macro at_levels(cells, has_point_agencies=false) %}
    {# The levels that every figure is given at, and what identifies a row of each. #}
    {% set agency_code = "nullif(" ~ cells ~ ".agency_code, 'not_attributable')" %}
    cross join lateral (
        values
        ('service_point', {{ cells }}.service_point_id),
        {% if has_point_agencies -%}
        ('point_agency', {{ cells }}.service_point_id || '/' || {{ agency_code }}),
        {% endif -%}
        ('team_area', {{ cells }}.team_id),
        ('region', {{ cells }}.region_code),
        ('size_class', {{ cells }}.size_class),
        ('agency', {{ agency_code }}),
        ('national', 'national')
    ) as levels (level, level_id)
{% endmacro %}

{% macro missing_reasons() -%}
    {# Why there is no value, from what was nearest to giving one to what was farthest. #}
    array['no_observations', 'not_delivered', 'no_wave', 'no_source', 'closed']
{%- endmacro %}

{% macro missing_reason_of(reason_without_data) -%}
    {# What was counted and has nothing to be divided by is no lack of observations. #}
    case
        when value is null and numerator > 0 and denominator = 0
            then 'nothing_to_divide_by'
        when value is null then {{ reason_without_data }}
    end
{%- endmacro %}

{% macro cell_columns() %}
    {# What tells the figures of a period from each other. #}
    {{ return([
        'metric_id', 'metric_version', 'level', 'level_id', 'collection_mode', 'breakdown', 'breakdown_value',
    ]) }}
{% endmacro %}

{% macro sums_of_months() %}
    {# What a cell of a longer period is made of, in the order of summed_months. #}
    {{ return([
        'reason_rank', 'numerator', 'denominator', 'sum_of_squares', 'opening_day_count', 'month_count',
        'calendar_day_count',
    ]) }}
{% endmacro %}

{% macro summands_of_months(months) -%}
    {# What summed_months sums and a month does not have under that name. #}
    array_position({{ missing_reasons() }}, {{ months }}.missing_reason) as reason_rank,
    case when {{ months }}.value_status <> 'no_data' then 1 else 0 end as month_count,
    case
        when {{ months }}.value_status <> 'no_data'
            then cast({{ months }}.period + interval '1 month' as date) - {{ months }}.period
    end as calendar_day_count
{%- endmacro %}

{% macro summed_months() -%}
    {# The sums over *months*, or over stretches of them; what counts days or months stays a whole number. #}
    {% for column in sums_of_months() -%}
    {% if column == 'reason_rank' -%}
    min(months.reason_rank) as reason_rank,
    {% elif column.endswith('_count') -%}
    cast(sum(months.{{ column }}) as bigint) as {{ column }}{{ "," if not loop.last }}
    {% else -%}
    sum(months.{{ column }}) as {{ column }}{{ "," if not loop.last }}
    {% endif -%}
    {% endfor -%}
{%- endmacro %}

{% macro packed_durations(order='') %}
    {# The columns of a distribution in one row: seconds, and how many of each were called, and called or left. #}
    {{ return({
        'durations': 'array_agg(duration_seconds' ~ order ~ ')',
        'numerators': 'array_agg(cast(numerator as integer)' ~ order ~ ')',
        'denominators': 'array_agg(cast(denominator as integer)' ~ order ~ ')',
    }) }}
{% endmacro %}

{% macro unpacked_durations(packed) -%}
    {# A row for each duration that a row of a relation holds. #}
    cross join
        lateral unnest(
            {{ packed }}.durations, {{ packed }}.numerators, {{ packed }}.denominators
        ) as counts (duration_seconds, numerator, denominator)
{%- endmacro %}

{% macro cell_key() -%}
    {# The same for the same cell in every build: a digest, for grouping by so many columns costs most of the time. #}
    cast(md5(cast(row({{ cell_columns() | join(', ') }}) as text)) as uuid)
{%- endmacro %}

{% macro is_of_a_stretch_needed() -%}
    {# Named, for a configuration is read before dbt knows the relation of a ref. #}
    stretch in (select stretch from warehouse.metric_stretches)
{%- endmacro %}

{% macro is_held_in(relation, stretches) -%}
    {# Before the table is made, or with another kind of name for a stretch, it holds nothing. #}
    {% set held = load_cached_relation(relation) if execute -%}
    {% set column = (
        adapter.get_columns_in_relation(held) | selectattr('name', 'equalto', 'stretch') | first
    ) if held else none -%}
    {% if not column or column.data_type != 'text' or should_full_refresh() -%}
    false
    {%- else -%}
    {{ stretches }}.stretch in (select held.stretch from {{ relation }} as held)
    {%- endif %}
{%- endmacro %}
