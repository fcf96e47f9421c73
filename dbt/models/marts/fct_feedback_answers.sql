with

answers as (

    select * from {{ ref('int_feedback_answers_scored') }}

),

counted_by_day as (

    select
        service_point_id,
        agency_code,
        collection_mode,
        service_kind,
        population,
        language,
        wave_id,
        question_code,
        scale_code,
        raw_value,
        question_version,
        score,
        count(*) as answer_count,
        opening_hour,
        is_answer,
        is_misuse,
        is_burst,
        opening_date

    from answers

    where {{ in_built_months('opening_date') }}

    group by
        service_point_id, agency_code, collection_mode, service_kind, population, language, wave_id, question_code,
        scale_code, raw_value, question_version, score, opening_hour, is_answer, is_misuse, is_burst, opening_date

)

select * from counted_by_day
