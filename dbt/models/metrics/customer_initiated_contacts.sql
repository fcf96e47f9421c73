with

advice as (

    select * from {{ ref('fct_advice') }}

),

contacts_counted as (

    select
        service_point_id,
        agency_code,
        'advice' as collection_mode,
        matter_code,
        sum(advice_count) as numerator,
        cast(null as bigint) as denominator,
        opening_date

    from advice

    where is_customer_initiated

    group by service_point_id, agency_code, matter_code, opening_date

)

select * from contacts_counted
