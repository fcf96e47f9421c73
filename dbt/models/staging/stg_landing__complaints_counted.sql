with

events as (

    select * from {{ ref('stg_landing__events') }}

),

complaints_counted as (

    select
        event_key,
        source,
        service_point_id,
        data ->> 'agency' as agency_code,
        data ->> 'overseer' as overseer,
        cast(data ->> 'period' || '-01' as date) as period,
        coalesce(cast(data ->> 'period_months' as integer), 1) as period_month_count,
        cast(data ->> 'lodged_count' as integer) as lodged_count,
        cast(data ->> 'statement_count' as integer) as statement_count,
        data -> 'themes' as themes,
        occurred_date,
        about_date,
        occurred_at,
        known_at

    from events

    where event_type = 'complaint.counted'

)

select * from complaints_counted
