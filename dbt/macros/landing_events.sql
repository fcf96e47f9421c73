{% macro local_date_of_event() -%}
    cast(
        case
            when time_precision = 'day'
                then occurred_at at time zone 'UTC' + make_interval(mins => utc_offset_minutes)
            else {{ local_time('occurred_at') }}
        end as date
    )
{%- endmacro %}

{% macro day_of_event() -%}
    {#
        An answer is about a visit, and the day that the customer took to answer is not in the figures. A count is of its
        period; of several months, it is of the last one.
    #}
    {% set visited_on = "cast(data ->> 'visited_on' as date)" -%}
    {% set counted_from = "cast(data ->> 'period' || '-01' as date)" -%}
    {% set occurred_on = local_date_of_event() -%}
    case
        when
            event_type = 'feedback.given'
            and {{ visited_on }} <= {{ occurred_on }}
            and {{ visited_on }} >= {{ occurred_on }} - {{ var("longest_days_to_answer") }}
            then {{ visited_on }}
        when event_type = 'survey.invited' and {{ counted_from }} <= {{ occurred_on }}
            then {{ counted_from }}
        when
            event_type in ('complaint.counted', 'observation.raised')
            and {{ counted_from }} <= {{ occurred_on }}
            then {{ last_day_of_period() }}
        else {{ occurred_on }}
    end
{%- endmacro %}

{% macro last_day_of_period() -%}
    cast(
        cast(data ->> 'period' || '-01' as date)
        + make_interval(months => coalesce(cast(data ->> 'period_months' as integer), 1)) as date
    ) - 1
{%- endmacro %}

{% macro is_of_a_ticket(event_type='event_type') -%}
    {{ event_type }} like 'queue.%' and {{ event_type }} <> 'queue.observed'
{%- endmacro %}

{% macro is_of_a_booking(event_type='event_type') -%}
    {{ event_type }} in ('booking.created', 'booking.changed', 'booking.cancelled')
{%- endmacro %}

{% macro is_correction(event_type='event_type') -%}
    {{ event_type }} in ('correction.amended', 'correction.withdrawn')
{%- endmacro %}

{% macro moves_no_closed_month(day, known_at) -%}
    {{ known_at }} < {{ received_before(day) }}
{%- endmacro %}

{% macro read_from() -%}
    {# Received earlier, an event is read by a build only where its type or its booking asks for it. #}
    {{ instant_of('cast(' ~ first_built_day() ~ ' - ' ~ var('days_read_before') ~ ' as timestamp)') }}
{%- endmacro %}

{% macro is_of_a_stay() -%}
    (({{ is_of_a_ticket() }}) or (event_type like 'session.%' and event_type <> 'session.fault'))
{%- endmacro %}

{% macro stay_key() -%}
    coalesce(data ->> 'ticket_key', data ->> 'session_key')
{%- endmacro %}

{% macro is_received_far_ahead(received_at) -%}
    (
        {{ received_at }} >= {{ instant_of(
            'cast(' ~ first_built_day() ~ ' - ' ~ var('longest_days_booked_ahead') ~ ' as timestamp)'
        ) }}
        and {{ received_at }} < {{ read_from() }}
    )
{%- endmacro %}
