with

answers as (

    select * from {{ ref('fct_feedback_answers') }}

),

answers_counted as (

    {{ share_of_answers(
        'answers',
        'overall',
        is_counted='score >= 4',
        is_base='score is not null',
        breakdowns=['service_kind', 'language', 'opening_hour']
    ) }}

)

select * from answers_counted
