{% macro seconds(parameter) -%}
    interval '{{ var(parameter) }} seconds'
{%- endmacro %}

{% macro seconds_between(from_instant, to_instant) -%}
    extract(epoch from {{ to_instant }} - {{ from_instant }})
{%- endmacro %}

{% macro is_implausible(duration, longest) -%}
    coalesce({{ duration }} < -{{ var('retry_seconds') }} or {{ duration }} > {{ var(longest) }}, false)
{%- endmacro %}

{% macro plausible_seconds(duration, longest) -%}
    {# Times out of order by no more than a retry are one instant: the duration is zero, a value like any other. #}
    case
        when {{ duration }} between -{{ var('retry_seconds') }} and {{ var(longest) }}
            then cast(greatest(floor({{ duration }}), 0) as integer)
    end
{%- endmacro %}

{% macro ticket_transition(events, transition, state_order, has_desk=false, is_end=false) -%}
    select
        event_key,
        ticket_key,
        service_point_id,
        {{ 'booking_key' if transition in ('issued', 'checked_in') else 'cast(null as text)' }} as booking_key,
        {{ 'desk_id' if has_desk else 'cast(null as text)' }} as desk_id,
        '{{ transition }}' as transition,
        {{ 'end_state' if is_end else 'cast(null as text)' }} as end_state,
        {{ state_order }} as state_order,
        {{ 'is_time_inaccurate' if is_end else 'false' }} as is_time_inaccurate,
        occurred_date,
        occurred_at,
        received_at

    from {{ events }}
{%- endmacro %}

{% macro waiting_outcome(stages) -%}
    case
        when {{ stages }}.called_at is not null
            then 'called'
        -- Served, returned or absent at a call that nobody told of: the wait has an end that is not known.
        when
            {{ stages }}.started_at is not null
            or {{ stages }}.is_returned
            or {{ stages }}.closing = 'no_show'
            or {{ stages }}.closing_state in ('completed', 'referred', 'no_show')
            then 'not_recorded'
        when {{ stages }}.closing = 'abandoned' or {{ stages }}.closing_state = 'left'
            then 'left'
        else 'unknown'
    end
{%- endmacro %}
