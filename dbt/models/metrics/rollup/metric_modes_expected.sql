with

sources_by_level as (

    select * from {{ ref('metric_sources_by_level') }}

),

sources_and_queues as (

    select
        *,
        bool_or(source_family = 'queue') over (
            partition by service_point_id, level, level_id, period
        ) as has_queue_system

    from sources_by_level

),

modes_expected as (

    select
        level,
        level_id,
        service_point_id,
        source,
        source_family,
        collection_mode,
        is_delivered,
        period

    from sources_and_queues

    -- What becomes of a booking at the point is told by a queue system only.
    where source_family <> 'booking' or has_queue_system

    union all

    -- Completeness measures the installations themselves, one mode per family; it belongs to points, not to agencies.
    select
        level,
        level_id,
        service_point_id,
        source,
        'device' as source_family,
        source_family as collection_mode,
        is_delivered,
        period

    from sources_by_level

    where answers_for_every_hour and level <> 'agency'

)

select * from modes_expected
