with

answers as (

    select * from {{ ref('fct_feedback_answers') }}

),

answers_of_both_populations as (

    {{ answers_by_population('answers') }}

),

scores_summed as (

    {{ mean_of_scores('answers_of_both_populations', 'trust_equal_treatment', breakdowns=['language', 'wave_id']) }}

)

select * from scores_summed
