with

intervals as (

    select * from {{ ref('int_ticket_intervals_timed') }}

),

parts as (

    select
        *,
        -- The stage just ended is not known, nor is what the gap skipped.
        state in ('waiting', 'called') and is_gap and ended_by <> 'no_show' as is_preparation_unknown,
        (state in ('serving', 'held') and seconds_as_told is null)
        or (
            state in ('waiting', 'called')
            and is_gap
            and (ended_by in ('held', 'resumed') or coalesce(end_state in ('completed', 'referred'), false))
        ) as is_service_unknown,
        coalesce(seconds_as_told < -{{ var('retry_seconds') }}, false) as is_negative

    from intervals

),

summed as (

    select
        ticket_key,
        bool_or(is_gap) as has_gap,
        bool_or(is_gap and ended_by = 'ended' and state = 'held') as is_held_at_the_end,
        bool_or(is_reordered) as has_reordered_time,
        bool_or(
            (is_gap and state = 'waiting' and number_within_state = 1)
            or (interval_number = 1 and begun_by in ('started', 'held', 'resumed'))
        ) as is_first_call_missing,
        count(distinct service_point_id) > 1 or count(distinct agency_code) > 1 as has_owner_change,
        bool_or(is_overnight and number_within_state > 1) as is_repeat_wait_overnight,
        (array_agg(service_mode order by interval_number) filter (where service_mode is not null))[1] as service_mode,
        coalesce(
            sum(reported_seconds) filter (where state = 'waiting' and number_within_state > 1), 0
        ) as repeat_wait_seconds,
        sum(seconds_as_told) filter (where state = 'called' and ended_by = 'started') as preparation_seconds,
        sum(seconds_as_told) filter (where state = 'serving') as serving_seconds,
        coalesce(sum(seconds_as_told) filter (where state = 'held'), 0) as hold_seconds,
        bool_or(state = 'waiting' and reported_seconds is null) as is_a_wait_unknown,
        bool_or(is_preparation_unknown) as is_a_preparation_unknown,
        bool_or(is_service_unknown) as is_a_service_unknown,
        bool_or(is_negative and state = 'waiting' and number_within_state > 1) as is_repeat_wait_negative,
        bool_or(is_negative and state = 'called') as is_preparation_negative,
        bool_or(is_negative and state in ('serving', 'held')) as is_service_negative

    from parts

    group by ticket_key

),

-- A total is null when a part of it is.
intervals_summed as (

    select
        ticket_key,
        has_gap,
        is_held_at_the_end,
        has_reordered_time,
        is_first_call_missing,
        has_owner_change,
        is_repeat_wait_overnight,
        service_mode,
        is_repeat_wait_negative,
        is_preparation_negative,
        is_service_negative,
        case when not is_a_wait_unknown and not is_repeat_wait_negative then repeat_wait_seconds end
            as repeat_wait_seconds_as_told,
        case when not is_a_preparation_unknown and not is_preparation_negative then preparation_seconds end
            as preparation_seconds_as_told,
        case when not is_a_service_unknown and not is_service_negative then serving_seconds end
            as serving_seconds_as_told,
        case when not is_a_service_unknown and not is_service_negative then hold_seconds end as hold_seconds_as_told

    from summed

)

select * from intervals_summed
