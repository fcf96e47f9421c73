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
days_of_walk_ins as (

    select distinct
        service_point_id,
        opening_date

    from service_events

    where access = 'walk_in' and not is_time_coarse

),

days_with_their_target as (

    select
        walk_in_days.service_point_id,
        walk_in_days.opening_date,
        coalesce(
            (
                select targets.value

                from targets

                where
                    coalesce(targets.service_point_id, walk_in_days.service_point_id) = walk_in_days.service_point_id
                    and coalesce(targets.size_class, service_points.size_class, '')
                    = coalesce(service_points.size_class, '')
                    and {{ is_valid_on('targets', 'walk_in_days.opening_date') }}

                order by targets.service_point_id asc nulls last, targets.size_class asc nulls last

                limit 1
            ),
            {{ var('queue_time_target_seconds') }}
        ) as target_seconds

    from days_of_walk_ins as walk_in_days
    left join service_points
        on
            walk_in_days.service_point_id = service_points.service_point_id
            and {{ is_valid_on('service_points', 'walk_in_days.opening_date') }}

),

-- Tickets issued are the base: those of unknown fate or with an implausible wait are in it, and not within the target.
walk_ins_counted as (

    select
        walk_ins.service_point_id,
        walk_ins.agency_code,
        'queue_system' as collection_mode,
        walk_ins.service_code,
        walk_ins.language,
        walk_ins.opening_hour,
        count(*) filter (
            where walk_ins.waiting_outcome = 'called' and walk_ins.first_wait_seconds <= targeted.target_seconds
        ) as numerator,
        count(*) as denominator,
        walk_ins.opening_date

    from service_events as walk_ins
    inner join days_with_their_target as targeted
        on
            walk_ins.service_point_id = targeted.service_point_id
            and walk_ins.opening_date = targeted.opening_date

    where walk_ins.access = 'walk_in' and not walk_ins.is_time_coarse

    group by
        walk_ins.service_point_id, walk_ins.agency_code, walk_ins.service_code, walk_ins.language,
        walk_ins.opening_hour, walk_ins.opening_date

)

select * from walk_ins_counted
