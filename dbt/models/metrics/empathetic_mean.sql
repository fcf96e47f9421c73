with

answers as (

    select * from {{ ref('fct_feedback_answers') }}

),

scores_summed as (

    {{ mean_of_scores('answers', 'empathetic', breakdowns=['language', 'wave_id']) }}

)

select * from scores_summed
