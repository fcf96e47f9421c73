with

answers as (

    select * from {{ ref('fct_feedback_answers') }}

),

answers_counted as (

    {{ share_of_answers(
        'answers', 'outcome', is_counted="raw_value = 'neither'", breakdowns=['service_kind', 'language']
    ) }}

)

select * from answers_counted
