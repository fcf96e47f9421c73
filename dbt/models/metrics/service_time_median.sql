with

service_events as (

    select * from {{ ref('fct_service_events') }}

),

services_counted as (

    select
        service_point_id,
        agency_code,
        'queue_system' as collection_mode,
        service_code,
        access,
        service_mode,
        language,
        service_seconds as duration_seconds,
        count(*) as numerator,
        count(*) as denominator,
        opening_date

    from service_events

    where
        outcome in ('completed', 'referred')
        and service_seconds is not null

    group by service_point_id, agency_code, service_code, access, service_mode, language, service_seconds, opening_date

)

select * from services_counted
