with

items as (

    select * from {{ ref('fct_open_feedback') }}

),

items_counted as (

    {{ open_feedback_counted(
        'items',
        "polarity = 'positive'",
        denominator="polarity = 'negative'",
        where="polarity in ('positive', 'negative')"
    ) }}

)

select * from items_counted
