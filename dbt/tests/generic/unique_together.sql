{% test unique_together(model, columns, built_month=none, month_beside_key=none) %}

{#
    What was built earlier was tested then. Where one key is of one month (built_month), all that a row could be a second
    of is built with it; elsewhere (month_beside_key) the other months are looked through for the keys of the built ones.
#}
{% set month = built_month or month_beside_key or ('opening_date' if 'opening_date' in columns) %}

select {{ columns | join(', ') }}

from {{ model }}

{% if month %}
where {{ built_rows_by([month]) if month == 'received_date' else in_built_months(month) }}
{% endif %}

group by {{ columns | join(', ') }}

having count(*) > 1

{% if month_beside_key %}
union all

select {{ columns | join(', ') }}

from {{ model }} as built
inner join {{ model }} as others using ({{ columns | join(', ') }})

where {{ in_built_months('built.' ~ month) }} and not {{ in_built_months('others.' ~ month) }}
{% endif %}

{% endtest %}
