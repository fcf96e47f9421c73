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
    {# An answer is about a visit, and the day that the customer took to answer is not in the figures. #}
    {% set visited_on = "cast(data ->> 'visited_on' as date)" -%}
    {% set occurred_on = local_date_of_event() -%}
    case
        when
            event_type = 'feedback.given'
            and {{ visited_on }} <= {{ occurred_on }}
            and {{ visited_on }} >= {{ occurred_on }} - {{ var("longest_days_to_answer") }}
            then {{ visited_on }}
        else {{ occurred_on }}
    end
{%- endmacro %}

{% macro landing_events(belongs_to_its_day=true, reaches_back=false) -%}
    {#
        Events of all types with their local date and hour, and the day to which they belong. What is received after the cutoff does not count; nor
        does what came after the month before the built one was final, for a late event moves a closed month only
        through a restatement. An event of a ticket or a booking belongs to a day that it does not tell: models that
        know that day judge it. Nothing of the built months is received a month before them, but bookings
        reach back as far as they are made.
    #}
    select
        event_key,
        source,
        event_type,
        service_point_id,
        time_precision,
        data,
        case
            when time_precision <> 'day' then cast(extract(hour from {{ local_time('occurred_at') }}) as integer)
        end as occurred_hour,
        {{ local_date_of_event() }} as occurred_date,
        {{ day_of_event() }} as about_date,
        occurred_at,
        received_at

    from {{ source('landing', 'event') }}

    where
        received_at < timestamptz '{{ var("cutoff") }}'
        {% if not reaches_back -%}
        and received_at >= {{ instant_of('cast(' ~ month_start(-2) ~ ' as timestamp)') }}
        {% endif -%}
        {% if belongs_to_its_day -%}
        and {{ moves_no_closed_month(day_of_event(), 'received_at') }}
        {%- endif %}
{%- endmacro %}

{% macro moves_no_closed_month(day, received_at) -%}
    ({{ day }} >= {{ month_start() }} or {{ received_at }} < {{ final_cutoff(month_start(-1)) }})
{%- endmacro %}
