with

answers as (

    select * from {{ ref('fct_feedback_answers') }}

),

visits as (

    select * from {{ ref('fct_visits_by_day') }}

),

months_with_a_device as (

    select distinct
        service_point_id,
        period

    from {{ ref('fct_source_months') }}

    where
        source_family = 'feedback'
        and collection_mode = 'device'
        and is_delivered

),

months_with_visits as (

    select distinct
        service_point_id,
        cast(date_trunc('month', opening_date) as date) as period

    from visits

    where visit_count > 0

),

-- A day on which either was silent tells of the other only.
days_of_one_only as (

    select distinct
        service_point_id,
        opening_date

    from {{ ref('fct_measured_minutes') }}

    where
        not is_day_measured
        and service_point_id is not null
        and (source_family = 'queue' or collection_mode = 'device')

),

presses_and_visits as (

    select
        service_point_id,
        answer_count as press_count,
        0 as visit_count,
        opening_date

    from answers

    where
        collection_mode = 'device'
        and question_code = 'overall'
        and score is not null
        and not {{ is_flagged_press() }}

    union all

    select
        service_point_id,
        0 as press_count,
        visit_count,
        opening_date

    from visits

),

presses_per_visits as (

    select
        counted.service_point_id,
        'not_attributable' as agency_code,
        'device' as collection_mode,
        sum(counted.press_count) as numerator,
        sum(counted.visit_count) as denominator,
        counted.opening_date

    from presses_and_visits as counted
    inner join months_with_a_device
        on
            counted.service_point_id = months_with_a_device.service_point_id
            and cast(date_trunc('month', counted.opening_date) as date) = months_with_a_device.period
    inner join months_with_visits
        on
            counted.service_point_id = months_with_visits.service_point_id
            and cast(date_trunc('month', counted.opening_date) as date) = months_with_visits.period

    where
        (counted.service_point_id, counted.opening_date) not in (select days_of_one_only.* from days_of_one_only)

    group by counted.service_point_id, counted.opening_date

)

select * from presses_per_visits
