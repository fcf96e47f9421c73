with

events as (

    select * from {{ ref('stg_landing__events_judged') }}

),

facts as (

    select
        event_type,
        fact

    from (
        values
        {% for event_type, fact in facts_of_event_types().items() -%}
        ('{{ event_type }}', {{ "'" ~ fact ~ "'" if fact else "cast(null as text)" }}){{ "," if not loop.last }}
        {% endfor %}
    ) as facts_of_event_types (event_type, fact)

),

counted_by_day as (

    select
        events.source,
        events.event_type,
        events.disposition,
        facts.fact,
        count(*) as event_count,
        count(*) filter (where events.is_amended) as amended_count,
        count(events.clock_shift_seconds) as clock_shifted_count,
        count(*) filter (where events.is_future) as future_count,
        count(*) filter (where not events.is_timed) as coarse_time_count,
        cast({{ local_time('events.received_at') }} as date) as received_date

    from events
    left join facts on events.event_type = facts.event_type

    group by events.source, events.event_type, events.disposition, facts.fact, received_date

)

select * from counted_by_day
