with

events as (

    select * from {{ ref('stg_landing__events') }}

),

staff_answers_counted as (

    select
        event_key,
        source,
        service_point_id,
        substring(source from '^/agencies/([^/]+)/') as agency_code,
        data ->> 'wave_id' as wave_id,
        data ->> 'item_code' as item_code,
        data ->> 'scale_code' as scale_code,
        cast(data ->> 'n' as integer) as answer_count,
        data -> 'distribution' as distribution,
        occurred_date,
        about_date,
        occurred_at,
        known_at

    from events

    where event_type = 'staff_survey.counted'

)

select * from staff_answers_counted
