{% test unique_together(model, columns, built_month=none) %}

select {{ columns | join(', ') }}

from {{ model }}

{% if built_month %}
where {{ in_built_months(built_month) }}
{% endif %}

group by {{ columns | join(', ') }}

having count(*) > 1

{% endtest %}
