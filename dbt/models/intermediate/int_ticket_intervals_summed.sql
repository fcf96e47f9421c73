with

intervals as (

    select * from {{ ref('int_ticket_intervals_timed') }}

),

-- A total is null when a part of it is.
intervals_summed as (

    select
        ticket_key,
        bool_or(is_gap) as has_gap,
        sum(seconds_as_told) filter (where state = 'waiting')
        - sum(seconds_as_told) filter (where state = 'waiting' and number_within_state = 1)
            as repeat_wait_seconds_as_told,
        sum(seconds_as_told) filter (where state = 'called' and ended_by = 'started') as preparation_seconds_as_told,
        sum(seconds_as_told) filter (where state = 'serving') as serving_seconds_as_told,
        coalesce(sum(seconds_as_told) filter (where state = 'held'), 0) as hold_seconds_as_told,
        count(*) filter (where state = 'waiting' and seconds_as_told is null) as unknown_wait_count,
        count(*) filter (where state in ('serving', 'held') and seconds_as_told is null) as unknown_service_count

    from intervals

    group by ticket_key

)

select * from intervals_summed
