with

advice_logged as (

    select * from {{ ref('stg_landing__advice_logged') }}

),

agencies as (

    select * from {{ ref('int_agencies_succeeded') }}

),

-- Of several agencies and of none are classes beside the agencies, and stay.
advice as (

    select
        advice_logged.service_point_id,
        {{ agency_on('advice_logged.agency_code', 'advice_logged.occurred_date', 'agencies') }} as agency_code,
        advice_logged.matter_code,
        advice_logged.channel,
        coalesce(advice_logged.referral_target, 'none') as referral_target,
        coalesce(advice_logged.advice_level, 'unknown') as advice_level,
        coalesce(advice_logged.duration_band, 'unknown') as duration_band,
        advice_logged.is_customer_initiated,
        advice_logged.occurred_date as opening_date

    from advice_logged

    where {{ in_built_months('advice_logged.occurred_date') }}

),

counted_by_day as (

    select
        service_point_id,
        agency_code,
        matter_code,
        channel,
        referral_target,
        advice_level,
        duration_band,
        count(*) as advice_count,
        is_customer_initiated,
        opening_date

    from advice

    group by
        service_point_id, agency_code, matter_code, channel, referral_target, advice_level, duration_band,
        is_customer_initiated, opening_date

)

select * from counted_by_day
