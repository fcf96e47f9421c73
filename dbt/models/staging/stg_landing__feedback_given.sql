with

events as (

    select * from {{ ref('stg_landing__events') }}

),

feedback_given as (

    select
        event_key,
        source,
        service_point_id,
        data ->> 'mode' as collection_mode,
        data ->> 'agency' as agency_code,
        data ->> 'service_kind' as service_kind,
        data ->> 'population' as population,
        data ->> 'wave_id' as wave_id,
        data ->> 'language' as language,
        data ->> 'polarity' as polarity,
        data ->> 'polarity_basis' as polarity_basis,
        data ->> 'invitation_key' as invitation_key,
        time_precision,
        data -> 'answers' as answers,
        occurred_hour,
        coalesce(cast(data ->> 'misuse' as boolean), false) as is_misuse,
        coalesce(cast(data ->> 'has_text' as boolean), false) as has_text,
        about_date,
        occurred_at,
        known_at

    from events

    where event_type = 'feedback.given'

)

select * from feedback_given
