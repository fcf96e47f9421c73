with

feedback as (

    select * from {{ ref('stg_landing__feedback_given') }}

),

presses as (

    select * from {{ ref('int_feedback_presses_judged') }}

),

waves as (

    select * from {{ ref('stg_reference__waves') }}

),

agencies as (

    select * from {{ ref('int_agencies_succeeded') }}

),

sheets as (

    select
        feedback.event_key,
        feedback.service_point_id,
        {{ agency_on('feedback.agency_code', 'feedback.about_date', 'agencies') }} as agency_code,
        feedback.collection_mode,
        coalesce(feedback.service_kind, 'unknown') as service_kind,
        coalesce(feedback.population, waves.population, 'customers') as population,
        coalesce(feedback.language, 'unknown') as language,
        feedback.wave_id,
        coalesce(feedback.polarity, 'unclassified') as polarity,
        coalesce(feedback.polarity_basis, 'none') as polarity_basis,
        feedback.answers,
        case
            when
                feedback.collection_mode in (
                    {% for mode in var("hourly_feedback_modes") -%}
                    '{{ mode }}'{{ ", " if not loop.last }}
                    {% endfor %}
                )
                then feedback.occurred_hour
        end as opening_hour,
        feedback.is_misuse,
        coalesce(presses.is_burst, false) as is_burst,
        jsonb_array_length(feedback.answers) > 0 as has_answer,
        -- Sheets without an answer are numbered by themselves: they answer no invitation.
        feedback.invitation_key is null
        or row_number() over (
            partition by feedback.source, feedback.invitation_key, jsonb_array_length(feedback.answers) > 0
            order by feedback.occurred_at, feedback.event_key
        ) = 1 as is_first_of_invitation,
        feedback.has_text or coalesce(feedback.polarity_basis in ('stated', 'recorder'), false) as is_open_feedback,
        feedback.about_date as opening_date

    from feedback
    left join presses on feedback.event_key = presses.event_key
    left join waves on feedback.wave_id = waves.wave_id

)

select * from sheets
