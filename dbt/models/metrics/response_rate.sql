with

invitations as (

    select * from {{ ref('fct_survey_invitations') }}

),

responses as (

    select * from {{ ref('fct_feedback_responses') }}

),

invited_by_month as (

    select
        service_point_id,
        agency_code,
        collection_mode,
        sum(invited_count) as invited_count,
        opening_date

    from invitations

    group by service_point_id, agency_code, collection_mode, opening_date

    having sum(invited_count) > 0

),

answered_by_month as (

    select
        service_point_id,
        agency_code,
        collection_mode,
        sum(response_count) as response_count,
        cast(date_trunc('month', opening_date) as date) as opening_date

    from responses

    where population = 'customers'

    group by service_point_id, agency_code, collection_mode, date_trunc('month', opening_date)

),

answered_of_invited as (

    select
        invited.service_point_id,
        invited.agency_code,
        invited.collection_mode,
        coalesce(answered.response_count, 0) as numerator,
        invited.invited_count as denominator,
        invited.opening_date

    from invited_by_month as invited
    left join answered_by_month as answered
        on
            invited.service_point_id is not distinct from answered.service_point_id
            and invited.agency_code = answered.agency_code
            and invited.collection_mode = answered.collection_mode
            and invited.opening_date = answered.opening_date

    -- More answers than invitations: not all invitations were counted, so how many were is not known.
    where coalesce(answered.response_count, 0) <= invited.invited_count

)

select * from answered_of_invited
