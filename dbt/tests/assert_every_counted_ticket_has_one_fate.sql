-- A row is a day whose tickets do not add up over what became of their wait.
with

tickets as (

    select * from {{ ref('fct_tickets') }}

    where {{ in_built_months('opening_date') }}

),

not_adding_up as (

    select *

    from tickets

    where ticket_count <> called_count + left_waiting_count + unknown_fate_count + call_not_recorded_count

)

select * from not_adding_up
