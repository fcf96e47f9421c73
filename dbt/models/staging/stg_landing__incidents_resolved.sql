with

events as (

    select * from {{ ref('stg_landing__events') }}

),

incidents_resolved as (

    select
        event_key,
        source,
        service_point_id,
        data ->> 'incident_key' as incident_key,
        data ->> 'linked_incident_key' as linked_incident_key,
        data ->> 'reporter' as reporter,
        data -> 'measures' as measures,
        cast(data ->> 'resolved_at' as timestamptz) as resolved_at,
        is_timed,
        occurred_date,
        occurred_at,
        known_at

    from events

    where event_type = 'incident.resolved'

)

select * from incidents_resolved
