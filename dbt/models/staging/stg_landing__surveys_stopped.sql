with

events as (

    select * from {{ ref('stg_landing__events') }}

),

surveys_stopped as (

    select
        event_key,
        source,
        service_point_id,
        data ->> 'mode' as collection_mode,
        data ->> 'agency' as agency_code,
        data ->> 'service_code' as service_code,
        occurred_date,
        occurred_at,
        known_at

    from events

    where event_type = 'survey.stopped'

)

select * from surveys_stopped
