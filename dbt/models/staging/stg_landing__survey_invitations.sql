with

events as (

    select * from {{ ref('stg_landing__events') }}

),

survey_invitations as (

    select
        event_key,
        source,
        service_point_id,
        data ->> 'mode' as collection_mode,
        data ->> 'agency' as agency_code,
        data ->> 'service_code' as service_code,
        cast(data ->> 'count' as integer) as invited_count,
        occurred_date,
        about_date,
        occurred_at,
        known_at

    from events

    where event_type = 'survey.invited'

)

select * from survey_invitations
