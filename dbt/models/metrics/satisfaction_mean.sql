with

answers as (

    select * from {{ ref('fct_feedback_answers') }}

),

scores_summed as (

    {{ mean_of_scores('answers', 'overall', breakdowns=['service_kind', 'language', 'opening_hour']) }}

)

select * from scores_summed
