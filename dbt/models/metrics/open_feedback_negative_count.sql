with

items as (

    select * from {{ ref('fct_open_feedback') }}

),

items_counted as (

    {{ open_feedback_counted('items', "polarity = 'negative'") }}

)

select * from items_counted
