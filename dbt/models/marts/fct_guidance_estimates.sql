with

guidance_estimated as (

    select * from {{ ref('stg_landing__guidance_estimated') }}

),

scale_values as (

    select * from {{ ref('stg_reference__scale_values') }}

),

-- One estimate for each advice: the one that was made last.
last_estimates as (

    select distinct on (coalesce(advice_key, cast(event_key as text)))
        service_point_id,
        scale_code,
        raw_value,
        count(*) over (partition by coalesce(advice_key, cast(event_key as text))) as estimate_count,
        occurred_date as opening_date

    from guidance_estimated

    order by coalesce(advice_key, cast(event_key as text)) asc, occurred_at desc, event_key desc

),

counted_by_day as (

    select
        estimates.service_point_id,
        estimates.scale_code,
        estimates.raw_value,
        scale_values.score,
        count(*) as estimate_count,
        sum(estimates.estimate_count - 1) as replaced_estimate_count,
        estimates.opening_date

    from last_estimates as estimates
    left join scale_values
        on
            estimates.scale_code = scale_values.scale_code
            and estimates.raw_value = scale_values.raw_value

    where {{ in_built_months('estimates.opening_date') }}

    group by
        estimates.service_point_id, estimates.scale_code, estimates.raw_value, scale_values.score,
        estimates.opening_date

)

select * from counted_by_day
