with

events as (

    {{ landing_events() }}

),

envelopes as (

    select
        event_key,
        source,
        event_type,
        service_point_id,
        time_precision,
        occurred_hour,
        occurred_date,
        about_date,
        occurred_at,
        received_at

    from events

)

select * from envelopes
