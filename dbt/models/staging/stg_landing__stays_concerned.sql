with

events as (

    select
        {{ stay_key() }} as stay_key,
        data ->> 'visit_key' as visit_key,
        data ->> 'chained_from' as chained_from

    from {{ source('landing', 'event') }}

    where
        {{ is_of_a_stay() }}
        and received_at >= {{ read_from() }}

),

concerned as (

    select named.stay_key

    from events
    cross join
        lateral (
            values (events.stay_key), (events.visit_key), (events.chained_from)
        ) as named (stay_key)

    where named.stay_key is not null

)

select distinct * from concerned
