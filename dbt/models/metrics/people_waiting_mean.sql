with

snapshots as (

    select * from {{ ref('fct_queue_snapshots') }}

),

minutes_summed as (

    select
        service_point_id,
        agency_code,
        'queue_system' as collection_mode,
        local_hour as opening_hour,
        trim_scale(sum(waiting_seconds) / 60) as numerator,
        trim_scale(sum(held_seconds) / 60) as denominator,
        opening_date

    from snapshots

    where held_seconds > 0

    group by service_point_id, agency_code, local_hour, opening_date

)

select * from minutes_summed
