with

events as (

    select * from {{ ref('stg_landing__events') }}

),

observations_raised as (

    select
        event_key,
        source,
        service_point_id,
        data ->> 'agency' as agency_code,
        data ->> 'region_code' as region_code,
        data ->> 'level' as observation_level,
        data ->> 'topic' as topic,
        cast(data ->> 'period' || '-01' as date) as period,
        coalesce(cast(data ->> 'period_months' as integer), 1) as period_month_count,
        data -> 'counts' as counts,
        occurred_date,
        about_date,
        occurred_at,
        known_at

    from events

    where event_type = 'observation.raised'

)

select * from observations_raised
