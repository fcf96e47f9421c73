with

answers as (

    select * from {{ ref('fct_feedback_answers') }}

),

device_answers as (

    select * from answers

    where collection_mode = 'device'

),

presses_counted as (

    {{ share_of_answers(
        'device_answers',
        'overall',
        is_counted='score >= 4',
        is_base='score is not null',
        breakdowns=['service_kind', 'opening_hour'],
        with_flagged=true
    ) }}

)

select * from presses_counted
