with

tickets as (

    select * from {{ ref('fct_tickets') }}

),

waits as (

    select * from {{ ref('fct_ticket_waits') }}

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

walk_in_days_with_their_target as (

    select
        tickets.service_point_id,
        tickets.agency_code,
        tickets.ticket_count - tickets.coarse_time_count as ticket_count,
        coalesce(
            (
                select targets.value

                from targets

                where
                    coalesce(targets.service_point_id, tickets.service_point_id) = tickets.service_point_id
                    and coalesce(targets.size_class, service_points.size_class, '')
                    = coalesce(service_points.size_class, '')
                    and {{ is_valid_on('targets', 'tickets.opening_date') }}

                order by targets.service_point_id asc nulls last, targets.size_class asc nulls last

                limit 1
            ),
            {{ var('queue_time_target_seconds') }}
        ) as target_seconds,
        tickets.opening_date

    from tickets
    left join service_points
        on
            tickets.service_point_id = service_points.service_point_id
            and {{ is_valid_on('service_points', 'tickets.opening_date') }}

    -- Times known to the hour only tell nothing about a target of minutes.
    where
        tickets.access = 'walk_in'
        and tickets.ticket_count > tickets.coarse_time_count

),

-- Tickets issued are the base: those of unknown fate or with an implausible wait are in it, and not within the target.
walk_ins_counted as (

    select
        walk_ins.service_point_id,
        walk_ins.agency_code,
        'queue_system' as collection_mode,
        coalesce(sum(waits.called_count), 0) as numerator,
        max(walk_ins.ticket_count) as denominator,
        walk_ins.opening_date

    from walk_in_days_with_their_target as walk_ins
    left join waits
        on
            walk_ins.service_point_id = waits.service_point_id
            and walk_ins.agency_code = waits.agency_code
            and walk_ins.opening_date = waits.opening_date
            and walk_ins.target_seconds >= waits.wait_seconds
            and waits.access = 'walk_in'

    group by walk_ins.service_point_id, walk_ins.agency_code, walk_ins.opening_date

)

select * from walk_ins_counted
