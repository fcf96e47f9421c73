with

sheets as (

    select * from {{ ref('int_feedback_sheets') }}

),

counted_by_day as (

    select
        service_point_id,
        agency_code,
        collection_mode,
        population,
        language,
        wave_id,
        count(*) as response_count,
        count(*) filter (where is_misuse or is_burst) as flagged_count,
        opening_date

    from sheets

    where
        {{ in_built_months('opening_date') }}
        and has_answer
        and is_first_of_invitation

    group by service_point_id, agency_code, collection_mode, population, language, wave_id, opening_date

)

select * from counted_by_day
