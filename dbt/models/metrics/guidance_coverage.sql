with

guidance_estimates as (

    select * from {{ ref('fct_guidance_estimates') }}

),

advice as (

    select * from {{ ref('fct_advice') }}

),

estimates_and_advice as (

    select
        service_point_id,
        estimate_count,
        0 as advice_count,
        opening_date

    from guidance_estimates

    where score is not null

    union all

    select
        service_point_id,
        0 as estimate_count,
        advice_count,
        opening_date

    from advice

),

counted_by_day as (

    select
        service_point_id,
        'not_attributable' as agency_code,
        'advice' as collection_mode,
        sum(estimate_count) as numerator,
        sum(advice_count) as denominator,
        opening_date

    from estimates_and_advice

    group by service_point_id, opening_date

)

select * from counted_by_day
