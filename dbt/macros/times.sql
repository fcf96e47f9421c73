{% macro local_time(instant) -%}
    {{ instant }} at time zone '{{ var("time_zone") }}'
{%- endmacro %}

{% macro month_start(months_later=0) -%}
    cast(date '{{ var("month") }}' + interval '{{ months_later }} months' as date)
{%- endmacro %}

{% macro final_cutoff(first_day_of_month) -%}
    {# Queue rules: a month is final on the 10th of the next month, at midnight local time. #}
    (cast({{ first_day_of_month }} as date) + interval '1 month 9 days') at time zone '{{ var("time_zone") }}'
{%- endmacro %}

{% macro in_built_months(day) -%}
    {{ day }} >= {{ month_start(-1) }} and {{ day }} < {{ month_start(1) }}
{%- endmacro %}

{% macro is_valid_on(dated, day) -%}
    {{ day }} >= {{ dated }}.valid_from and {{ day }} < coalesce({{ dated }}.valid_to, 'infinity')
{%- endmacro %}

{% macro instant_of(local_timestamp) -%}
    ({{ local_timestamp }}) at time zone '{{ var("time_zone") }}'
{%- endmacro %}
