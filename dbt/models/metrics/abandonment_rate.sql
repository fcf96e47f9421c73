with

service_events as (

    select * from {{ ref('fct_service_events') }}

),

tickets_counted as (

    select
        service_point_id,
        agency_code,
        'queue_system' as collection_mode,
        service_code,
        access,
        language,
        opening_hour,
        count(*) filter (where waiting_outcome = 'left') as numerator,
        count(*) as denominator,
        opening_date

    from service_events

    group by service_point_id, agency_code, service_code, access, language, opening_hour, opening_date

)

select * from tickets_counted
