with

guidance_estimates as (

    select * from {{ ref('fct_guidance_estimates') }}

),

scores_summed as (

    select
        service_point_id,
        'not_attributable' as agency_code,
        'advice' as collection_mode,
        sum(score * estimate_count) as numerator,
        sum(estimate_count) as denominator,
        sum(score * score * estimate_count) as sum_of_squares,
        opening_date

    from guidance_estimates

    where score is not null

    group by service_point_id, opening_date

)

select * from scores_summed
