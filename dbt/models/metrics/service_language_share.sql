with

answers as (

    select * from {{ ref('fct_feedback_answers') }}

),

answers_counted as (

    {{ share_of_answers(
        'answers', 'language_received', is_counted="raw_value = 'yes'", breakdowns=['language', 'wave_id']
    ) }}

)

select * from answers_counted
