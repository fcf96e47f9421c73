with

service_events as (

    select * from {{ ref('fct_service_events') }}

),

transactions_counted as (

    select
        service_point_id,
        agency_code,
        'queue_system' as collection_mode,
        service_code,
        access,
        service_mode,
        language,
        count(*) as numerator,
        cast(null as bigint) as denominator,
        opening_date

    from service_events

    where outcome in ('completed', 'referred')

    group by service_point_id, agency_code, service_code, access, service_mode, language, opening_date

)

select * from transactions_counted
