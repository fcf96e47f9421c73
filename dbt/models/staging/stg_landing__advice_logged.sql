with

events as (

    select * from {{ ref('stg_landing__events') }}

),

advice_logged as (

    select
        event_key,
        source,
        service_point_id,
        data ->> 'agency' as agency_code,
        data ->> 'matter_code' as matter_code,
        data ->> 'reason_code' as reason_code,
        data ->> 'channel' as channel,
        data ->> 'referral_target' as referral_target,
        data ->> 'level' as advice_level,
        data ->> 'duration_band' as duration_band,
        cast(data ->> 'customer_initiated' as boolean) as is_customer_initiated,
        occurred_date,
        occurred_at,
        known_at

    from events

    where event_type = 'advice.logged'

)

select * from advice_logged
