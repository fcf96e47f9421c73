with

events as (

    select * from {{ ref('stg_landing__events') }}

),

hours_with_an_event as (

    select
        source,
        about_date as opening_date,
        -- An event known only by its day says nothing about an hour; it still counts as a delivery.
        case when time_precision <> 'day' then date_trunc('hour', occurred_at, 'UTC') end as hour_starts_at,
        count(*) as event_count

    from events

    where {{ in_built_months('about_date') }}

    group by 1, 2, 3

)

select * from hours_with_an_event
