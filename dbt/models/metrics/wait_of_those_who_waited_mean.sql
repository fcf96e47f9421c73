with

service_events as (

    select * from {{ ref('fct_service_events') }}

),

those_who_waited_counted as (

    {{ waits_of_walk_ins('service_events', fewest_seconds=1) }}

)

select * from those_who_waited_counted
