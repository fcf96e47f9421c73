with

visits as (

    select * from {{ ref('fct_visits') }}

),

visits_counted as (

    select
        service_point_id,
        agency_code,
        'queue_system' as collection_mode,
        service_code,
        access,
        language,
        opening_hour,
        count(*) as numerator,
        cast(null as bigint) as denominator,
        opening_date

    from visits

    group by service_point_id, agency_code, service_code, access, language, opening_hour, opening_date

)

select * from visits_counted
