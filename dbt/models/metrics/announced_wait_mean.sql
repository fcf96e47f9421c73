with

snapshots as (

    select * from {{ ref('fct_queue_snapshots') }}

),

announcements_summed as (

    select
        service_point_id,
        agency_code,
        'queue_system' as collection_mode,
        local_hour as opening_hour,
        sum(announced_wait_minutes_sum) as numerator,
        sum(announced_wait_snapshot_count) as denominator,
        opening_date

    from snapshots

    where announced_wait_snapshot_count > 0

    group by service_point_id, agency_code, local_hour, opening_date

)

select * from announcements_summed
