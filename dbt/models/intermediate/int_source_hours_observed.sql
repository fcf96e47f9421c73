with

events as (

    select * from {{ ref('stg_landing__events') }}

),

-- A correction tells of another moment than its own.
hours_with_an_event as (

    select
        source,
        about_date as opening_date,
        -- An event known only by its day says nothing about an hour; it still counts as a delivery.
        case when time_precision <> 'day' then date_trunc('hour', occurred_at, 'UTC') end as hour_starts_at,
        count(*) as event_count,
        count(*) filter (where event_type = 'device.heartbeat') as heartbeat_count

    from events

    where
        {{ in_built_months('about_date') }}
        and not {{ is_correction() }}
        -- Events of tickets count whatever their day: what came when the month was final measured nothing in it.
        and {{ moves_no_closed_month('about_date', 'known_at') }}

    group by 1, 2, 3

)

select * from hours_with_an_event
