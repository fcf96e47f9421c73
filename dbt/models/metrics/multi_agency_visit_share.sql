with

visits as (

    select * from {{ ref('fct_visits') }}

),

visits_counted as (

    select
        service_point_id,
        agency_code,
        'queue_system' as collection_mode,
        access,
        language,
        count(*) filter (where agency_count >= 2) as numerator,
        count(*) as denominator,
        opening_date

    from visits

    group by service_point_id, agency_code, access, language, opening_date

)

select * from visits_counted
