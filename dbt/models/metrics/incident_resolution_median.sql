with

incidents as (

    select * from {{ ref('fct_incidents') }}

),

-- An incident that is not over counts for as long as it was followed.
incidents_counted as (

    select
        service_point_id,
        'not_attributable' as agency_code,
        'incident' as collection_mode,
        incident_type,
        followed_seconds as duration_seconds,
        count(*) filter (where is_resolved) as numerator,
        count(*) as denominator,
        opening_date

    from incidents

    where not is_technical and followed_seconds is not null

    group by service_point_id, incident_type, followed_seconds, opening_date

)

select * from incidents_counted
