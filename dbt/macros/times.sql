{% macro local_time(instant) -%}
    {{ instant }} at time zone '{{ var("time_zone") }}'
{%- endmacro %}

{% macro final_cutoff(first_day_of_month) -%}
    {# Queue rules: a month is final on the 10th of the next month, at midnight local time. #}
    (cast({{ first_day_of_month }} as date) + interval '1 month 9 days') at time zone '{{ var("time_zone") }}'
{%- endmacro %}

{% macro received_before(day) -%}
    {# The vars name the months that are counted until another instant than their final cutoff. #}
    {% set final = final_cutoff("date_trunc('month', " ~ day ~ ")") -%}
    {% set other = var("received_before") -%}
    {% if other -%}
    case
        {% for each in other -%}
        when {{ day }} >= date '{{ each.first_day }}' and {{ day }} < date '{{ each.next_first_day }}'
            then timestamptz '{{ each.instant }}'
        {% endfor -%}
        else {{ final }}
    end
    {%- else -%}
    {{ final }}
    {%- endif %}
{%- endmacro %}

{% macro built_months() -%}
    (
        values
        {% for month in var("built_months") -%}
        (date '{{ month }}', {{ received_before("date '" ~ month ~ "'") }}){{ "," if not loop.last }}
        {% endfor %}
    ) as built_months (period, received_before)
{%- endmacro %}

{% macro built_days() -%}
    (
        select cast(series.day as date) as opening_date

        from {{ built_months() }}
        cross join lateral generate_series(period, period + interval '1 month - 1 day', interval '1 day') as series (day)
    ) as built_days
{%- endmacro %}

{% macro in_month(day, month) -%}
    ({{ day }} >= date '{{ month }}' and {{ day }} < date '{{ month }}' + interval '1 month')
{%- endmacro %}

{% macro in_built_months(day) -%}
    (
        {% for month in var("built_months") -%}
        {{ "or " if not loop.first }}{{ in_month(day, month) }}
        {% endfor %}
    )
{%- endmacro %}

{% macro first_built_day(months_later=0) -%}
    cast(date '{{ var("built_months") | min }}' + interval '{{ months_later }} months' as date)
{%- endmacro %}

{% macro last_received_before() -%}
    greatest(
        {% for month in var("built_months") -%}
        {{ received_before("date '" ~ month ~ "'") }}{{ "," if not loop.last }}
        {% endfor %}
    )
{%- endmacro %}

{% macro is_valid_on(dated, day) -%}
    {{ day }} >= {{ dated }}.valid_from and {{ day }} < coalesce({{ dated }}.valid_to, 'infinity')
{%- endmacro %}

{% macro instant_of(local_timestamp) -%}
    ({{ local_timestamp }}) at time zone '{{ var("time_zone") }}'
{%- endmacro %}
