with

answers as (

    select * from {{ ref('fct_feedback_answers') }}

),

device_answers as (

    select * from answers

    where collection_mode = 'device'

),

presses_counted as (

    {{ mean_of_scores(
        'device_answers', 'overall', breakdowns=['service_kind', 'opening_hour'], with_flagged=true
    ) }}

)

select * from presses_counted
