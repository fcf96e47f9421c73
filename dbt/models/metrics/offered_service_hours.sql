with

service_hours as (

    select * from {{ ref('fct_service_hours') }}

),

summed_by_day as (

    select
        service_point_id,
        agency_code,
        'reference' as collection_mode,
        trim_scale(sum(offered_minutes) / 60) as numerator,
        cast(null as bigint) as denominator,
        opening_date

    from service_hours

    group by service_point_id, agency_code, opening_date

)

select * from summed_by_day
