with

events as (

    select * from {{ ref('stg_landing__events') }}

),

guidance_estimated as (

    select
        event_key,
        source,
        service_point_id,
        data ->> 'advice_ref' as advice_key,
        data ->> 'scale_code' as scale_code,
        data ->> 'score' as raw_value,
        occurred_date,
        occurred_at,
        known_at

    from events

    where event_type = 'advice.guidance_estimated'

)

select * from guidance_estimated
