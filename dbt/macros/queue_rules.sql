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

{% macro ticket_transition(events, transition, state_order, state=none, has_desk=false, is_end=false) -%}
    {# *state* is that of the ticket after the event; none where the event leaves it as it was. #}
    select
        event_key,
        ticket_key,
        service_point_id,
        {{ 'booking_key' if transition in ('issued', 'checked_in') else 'cast(null as text)' }} as booking_key,
        {{ {'issued': 'agency_code', 'transferred': 'to_agency_code'}.get(transition, 'cast(null as text)') }} as agency_code,
        {{ 'service_mode' if state in ('serving', 'held') else 'cast(null as text)' }} as service_mode,
        {{ 'desk_id' if has_desk else 'cast(null as text)' }} as desk_id,
        '{{ transition }}' as transition,
        {{ 'end_state' if is_end else 'cast(null as text)' }} as end_state,
        {{ 'unmapped_outcome is not null' if is_end else 'false' }} as is_outcome_unmapped,
        {% if is_end -%}
        case end_state when 'returned_to_queue' then 'waiting' else 'closed' end
        {%- else -%}
        {{ "cast('" ~ state ~ "' as text)" if state else 'cast(null as text)' }}
        {%- endif %} as state,
        {{ state_order }} as state_order,
        is_timed,
        is_time_corrected,
        {{ 'is_time_inaccurate' if is_end else 'false' }} as is_time_inaccurate,
        occurred_date,
        occurred_at,
        known_at

    from {{ events }}
{%- endmacro %}

{% macro is_expected(state, transition, end_state) -%}
    {# Queue rules Gap, Leaving and Held at the end: whether the state may end by the transition. #}
    coalesce(
        (
            {{ state }} = 'waiting'
            and ({{ transition }} in ('called', 'transferred', 'abandoned') or {{ end_state }} in ('left', 'closed_by_system'))
        )
        or (
            {{ state }} = 'called'
            and (
                {{ transition }} in ('started', 'transferred', 'abandoned', 'no_show')
                or {{ end_state }} in ('returned_to_queue', 'left', 'no_show', 'closed_by_system')
            )
        )
        or (
            {{ state }} = 'serving'
            and ({{ transition }} in ('held', 'transferred', 'abandoned') or {{ end_state }} <> 'no_show')
        )
        or (
            {{ state }} = 'held'
            and ({{ transition }} in ('resumed', 'abandoned') or {{ end_state }} in ('left', 'closed_by_system'))
        ),
        false
    )
{%- endmacro %}

{% macro waiting_outcome(stages, is_first_call_missing) -%}
    case
        when {{ stages }}.called_at is not null and not {{ is_first_call_missing }}
            then 'called'
        -- Served, called again, returned or absent at a call that nobody told of: the wait has an end that is not known.
        when
            {{ is_first_call_missing }}
            or {{ stages }}.started_at is not null
            or {{ stages }}.is_recalled
            or {{ stages }}.is_returned
            or {{ stages }}.closing = 'no_show'
            or {{ stages }}.closing_state in ('completed', 'referred', 'no_show')
            then 'not_recorded'
        when {{ stages }}.closing = 'abandoned' or {{ stages }}.closing_state = 'left'
            then 'left'
        else 'unknown'
    end
{%- endmacro %}

{% macro is_overnight(from_instant, to_instant) -%}
    (
        {{ to_instant }} > {{ from_instant }}
        and cast({{ local_time(from_instant) }} as date) <> cast({{ local_time(to_instant) }} as date)
    )
{%- endmacro %}

{% macro opening_seconds_between(opening_days, service_point_id, from_instant, to_instant) -%}
    {# Null where the opening hours of the first or the last day are not known; a closed day adds nothing. #}
    {% set from_date = 'cast(' ~ local_time(from_instant) ~ ' as date)' -%}
    {% set to_date = 'cast(' ~ local_time(to_instant) ~ ' as date)' -%}
    (
        select
            case
                when bool_or(hours.opening_date = {{ from_date }}) and bool_or(hours.opening_date = {{ to_date }})
                    then coalesce(
                        sum(
                            extract(
                                epoch from least(hours.closes_at, {{ to_instant }})
                                - greatest(hours.opens_at, {{ from_instant }})
                            )
                        ) filter (where hours.opens_at < {{ to_instant }} and hours.closes_at > {{ from_instant }}),
                        0
                    )
            end

        from {{ opening_days }} as hours

        where
            hours.service_point_id = {{ service_point_id }}
            and hours.opening_date between {{ from_date }} and {{ to_date }}
    )
{%- endmacro %}

{% macro reported_wait(opening_days, service_point_id, from_instant, to_instant) -%}
    {# Queue rule Overnight: a wait over a night is the opening hours of it; any other is what the clock says. #}
    case
        when {{ is_overnight(from_instant, to_instant) }}
            then {{ opening_seconds_between(opening_days, service_point_id, from_instant, to_instant) }}
        else {{ seconds_between(from_instant, to_instant) }}
    end
{%- endmacro %}

{% macro rules_applied(conditions_by_rule) -%}
    array_remove(
        array[
            {%- for rule, condition in conditions_by_rule.items() %}
            case when {{ condition }} then '{{ rule }}' end{{ ',' if not loop.last }}
            {%- endfor %}
        ],
        null
    )
{%- endmacro %}

{% macro outcome_of_service(tickets) -%}
    case
        when {{ tickets }}.closing = 'abandoned' then 'left'
        when {{ tickets }}.closing = 'no_show' then 'no_show'
        when {{ tickets }}.is_closed_by_night then 'closed_by_system'
        else coalesce({{ tickets }}.closing_state, 'open')
    end
{%- endmacro %}

{% macro booking_delay(from_instant, to_instant) -%}
    case
        when not bookings.is_time_coarse
            then cast(floor({{ seconds_between(from_instant, to_instant) }}) as bigint)
    end
{%- endmacro %}

{% macro checked_in_or_issued() -%}
    coalesce(checked_in_at, case when access = 'booked' then issued_at end)
{%- endmacro %}
