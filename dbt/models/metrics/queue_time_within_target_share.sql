with

service_events as (

    select * from {{ ref('fct_service_events') }}

),

service_points as (

    select * from {{ ref('dim_service_points') }}

),

targets as (

    select * from {{ ref('dim_targets') }}

    where
        metric_id = 'queue_time_within_target_share'
        and parameter = 'target_seconds'
        and value is not null

),

-- Times known to the hour only tell nothing about a target of minutes.
walk_ins as (

    select *

    from service_events

    where access = 'walk_in' and not is_time_coarse

),

-- Of the targets in force that of the point, else of its size class, else of the nation.
walk_ins_with_their_target as (

    select
        walk_ins.*,
        coalesce(targeted.value, {{ var('queue_time_target_seconds') }}) as target_seconds

    from walk_ins
    left join service_points
        on
            walk_ins.service_point_id = service_points.service_point_id
            and {{ is_valid_on('service_points', 'walk_ins.opening_date') }}
    left join lateral (
        select targets.value

        from targets

        where
            coalesce(targets.service_point_id, walk_ins.service_point_id) = walk_ins.service_point_id
            and coalesce(targets.size_class, service_points.size_class, '') = coalesce(service_points.size_class, '')
            and {{ is_valid_on('targets', 'walk_ins.opening_date') }}

        order by targets.service_point_id asc nulls last, targets.size_class asc nulls last

        limit 1
    ) as targeted on true

),

-- Tickets issued are the base: those of unknown fate or with an implausible wait are in it, and not within the target.
walk_ins_counted as (

    select
        service_point_id,
        agency_code,
        'queue_system' as collection_mode,
        service_code,
        language,
        opening_hour,
        count(*) filter (where waiting_outcome = 'called' and first_wait_seconds <= target_seconds) as numerator,
        count(*) as denominator,
        opening_date

    from walk_ins_with_their_target

    group by service_point_id, agency_code, service_code, language, opening_hour, opening_date

)

select * from walk_ins_counted
