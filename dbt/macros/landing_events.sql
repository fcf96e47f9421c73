{% macro local_date_of_event() -%}
    cast(
        case
            when time_precision = 'day'
                then occurred_at at time zone 'UTC' + make_interval(mins => utc_offset_minutes)
            else {{ local_time('occurred_at') }}
        end as date
    )
{%- endmacro %}

{% macro landing_events() -%}
    {#
        Events of all types with their local date and hour. What is received after the cutoff does not count; nor
        does what came after the month before the built one was final, for a late event moves a closed month only
        through a restatement.
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
        occurred_at,
        received_at

    from {{ source('landing', 'event') }}

    where
        received_at < timestamptz '{{ var("cutoff") }}'
        and (
            {{ local_date_of_event() }} >= {{ month_start() }}
            or received_at < {{ final_cutoff(month_start(-1)) }}
        )
{%- endmacro %}
