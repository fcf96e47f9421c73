with

sheets as (

    select * from {{ ref('int_feedback_sheets') }}

),

counted_by_day as (

    select
        service_point_id,
        agency_code,
        collection_mode,
        service_kind,
        language,
        polarity,
        polarity_basis,
        count(*) as item_count,
        opening_date

    from sheets

    where
        {{ in_built_months('opening_date') }}
        and is_open_feedback
        and population = 'customers'

    group by
        service_point_id, agency_code, collection_mode, service_kind, language, polarity, polarity_basis, opening_date

)

select * from counted_by_day
