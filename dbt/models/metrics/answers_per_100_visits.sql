with

answers as (

    select * from {{ ref('fct_feedback_answers') }}

),

visits as (

    select * from {{ ref('fct_visits_by_day') }}

),

source_months as (

    select * from {{ ref('fct_source_months') }}

),

months_with_a_device as (

    select distinct
        service_point_id,
        period

    from source_months

    where
        source_family = 'feedback'
        and collection_mode = 'device'
        and is_delivered

),

presses_by_day as (

    select
        service_point_id,
        sum(answer_count) as press_count,
        opening_date

    from answers

    where
        collection_mode = 'device'
        and question_code = 'overall'
        and score is not null
        and not {{ is_flagged_press() }}

    group by service_point_id, opening_date

),

visits_by_day as (

    select
        service_point_id,
        sum(visit_count) as visit_count,
        opening_date

    from visits

    group by service_point_id, opening_date

),

months_with_visits as (

    select distinct
        service_point_id,
        cast(date_trunc('month', opening_date) as date) as period

    from visits_by_day

    where visit_count > 0

),

days_of_both as (

    select
        service_point_id,
        coalesce(presses_by_day.press_count, 0) as press_count,
        coalesce(visits_by_day.visit_count, 0) as visit_count,
        cast(date_trunc('month', opening_date) as date) as period,
        opening_date

    from presses_by_day
    full join visits_by_day using (service_point_id, opening_date)

),

presses_per_visits as (

    select
        both_counts.service_point_id,
        'not_attributable' as agency_code,
        'device' as collection_mode,
        both_counts.press_count as numerator,
        both_counts.visit_count as denominator,
        both_counts.opening_date

    from days_of_both as both_counts
    inner join months_with_a_device
        on
            both_counts.service_point_id = months_with_a_device.service_point_id
            and both_counts.period = months_with_a_device.period
    inner join months_with_visits
        on
            both_counts.service_point_id = months_with_visits.service_point_id
            and both_counts.period = months_with_visits.period

)

select * from presses_per_visits
