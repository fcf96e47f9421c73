with

incidents as (

    select * from {{ ref('fct_incidents') }}

),

incidents_counted as (

    select
        service_point_id,
        'not_attributable' as agency_code,
        'incident' as collection_mode,
        incident_type,
        count(*) as numerator,
        cast(null as bigint) as denominator,
        opening_date

    from incidents

    where not is_technical

    group by service_point_id, incident_type, opening_date

)

select * from incidents_counted
