{% macro mode_of_source(sources) -%}
    case {{ sources }}.source_family
        when 'queue' then 'queue_system'
        when 'booking' then 'booking_system'
        when 'feedback' then {{ sources }}.collection_mode
        else {{ sources }}.source_family
    end
{%- endmacro %}

{% macro agency_on(code, day, succession) -%}
    {# A code that no reference row explains stays, and is seen. #}
    coalesce(
        (
            select {{ succession }}.agency_code

            from {{ succession }}

            where {{ succession }}.sent_code = {{ code }} and {{ is_valid_on(succession, day) }}

            order by {{ succession }}.generation asc

            limit 1
        ),
        {{ code }},
        'not_attributable'
    )
{%- endmacro %}
