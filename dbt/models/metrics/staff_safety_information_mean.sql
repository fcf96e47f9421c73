with

answers as (

    select * from {{ ref('fct_staff_answers') }}

),

scores_summed as (

    {{ mean_of_staff_scores('answers', 'staff_safety_information') }}

)

select * from scores_summed
