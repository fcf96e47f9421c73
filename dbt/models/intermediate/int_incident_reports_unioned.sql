with

incidents_reported as (

    select * from {{ ref('stg_landing__incidents_reported') }}

),

incidents_resolved as (

    select * from {{ ref('stg_landing__incidents_resolved') }}

),

unioned as (

    select
        event_key,
        service_point_id,
        incident_key,
        linked_incident_key,
        reporter,
        incident_type,
        severity,
        location_area,
        true as is_report,
        not is_timed as is_time_coarse,
        resolved_at,
        occurred_date,
        occurred_at,
        known_at

    from incidents_reported

    union all

    select
        event_key,
        service_point_id,
        incident_key,
        linked_incident_key,
        reporter,
        cast(null as text) as incident_type,
        cast(null as text) as severity,
        cast(null as text) as location_area,
        false as is_report,
        false as is_time_coarse,
        resolved_at,
        occurred_date,
        occurred_at,
        known_at

    from incidents_resolved

)

select * from unioned
