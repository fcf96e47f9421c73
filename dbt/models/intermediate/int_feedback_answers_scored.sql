with

feedback as (

    select * from {{ ref('stg_landing__feedback_given') }}

),

waves as (

    select * from {{ ref('stg_reference__waves') }}

),

agencies as (

    select * from {{ ref('int_agencies_succeeded') }}

),

scale_values as (

    select * from {{ ref('stg_reference__scale_values') }}

),

answers as (

    select
        feedback.event_key,
        feedback.service_point_id,
        {{ agency_on('feedback.agency_code', 'feedback.about_date', 'agencies') }} as agency_code,
        feedback.collection_mode,
        coalesce(feedback.service_kind, 'unknown') as service_kind,
        coalesce(feedback.population, waves.population, 'customers') as population,
        answer.value ->> 'question_code' as question_code,
        answer.value ->> 'scale_code' as scale_code,
        answer.value ->> 'raw_value' as raw_value,
        cast(answer.value ->> 'question_version' as integer) as question_version,
        cast(answer.position as integer) as answer_number,
        feedback.is_misuse,
        feedback.about_date as opening_date

    from feedback
    left join waves on feedback.wave_id = waves.wave_id
    cross join lateral jsonb_array_elements(feedback.answers) with ordinality as answer (value, position)

),

scored as (

    select
        answers.*,
        scale_values.score,
        scale_values.raw_value is not null as is_answer

    from answers
    left join scale_values
        on
            answers.scale_code = scale_values.scale_code
            and answers.raw_value = scale_values.raw_value

)

select * from scored
