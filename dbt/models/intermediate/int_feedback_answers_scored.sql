with

sheets as (

    select * from {{ ref('int_feedback_sheets') }}

),

scale_values as (

    select * from {{ ref('stg_reference__scale_values') }}

),

answers as (

    select
        sheets.event_key,
        sheets.service_point_id,
        sheets.agency_code,
        sheets.collection_mode,
        sheets.service_kind,
        sheets.population,
        sheets.language,
        sheets.wave_id,
        answer.value ->> 'question_code' as question_code,
        answer.value ->> 'scale_code' as scale_code,
        answer.value ->> 'raw_value' as raw_value,
        cast(answer.value ->> 'question_version' as integer) as question_version,
        cast(answer.position as integer) as answer_number,
        sheets.opening_hour,
        sheets.is_misuse,
        sheets.is_burst,
        sheets.opening_date

    from sheets
    cross join lateral jsonb_array_elements(sheets.answers) with ordinality as answer (value, position)

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
