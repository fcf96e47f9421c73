with

answers as (

    select * from {{ ref('fct_feedback_answers') }}

),

scores_summed as (

    {{ mean_of_scores('answers', 'equal') }}

)

select * from scores_summed
