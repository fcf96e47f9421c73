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
        opening_hour,
        trim_scale(sum(total_wait_seconds) / 60.0) as numerator,
        count(*) as denominator,
        opening_date

    from visits

    where total_wait_seconds is not null

    group by service_point_id, agency_code, access, language, opening_hour, opening_date

)

select * from visits_counted
