with

visits as (

    select * from {{ ref('fct_visits') }}

),

visits_counted as (

    select
        service_point_id,
        agency_code,
        'queue_system' as collection_mode,
        sum(visit_count) as numerator,
        cast(null as bigint) as denominator,
        opening_date

    from visits

    group by service_point_id, agency_code, opening_date

)

select * from visits_counted
