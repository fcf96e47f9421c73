with

slots_observed as (

    select * from {{ ref('fct_slots_observed') }}

),

looks_counted as (

    {{ lead_times('slots_observed', 'third') }}

)

select * from looks_counted
