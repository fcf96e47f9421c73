with

answers as (

    select * from {{ ref('fct_feedback_answers') }}

),

pop_ups_after_self_service as (

    select * from answers

    where collection_mode = 'popup_self_service'

),

answers_counted as (

    {{ share_of_answers(
        'pop_ups_after_self_service',
        'independent_next_time',
        is_counted="raw_value = 'yes'",
        breakdowns=['language']
    ) }}

)

select * from answers_counted
