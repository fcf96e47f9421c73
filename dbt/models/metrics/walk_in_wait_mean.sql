with

service_events as (

    select * from {{ ref('fct_service_events') }}

),

walk_ins_counted as (

    {{ waits_of_walk_ins('service_events', fewest_seconds=0) }}

)

select * from walk_ins_counted
