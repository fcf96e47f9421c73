with

waits as (

    select * from {{ ref('fct_ticket_waits') }}

),

targets as (

    select * from {{ ref('dim_targets') }}

    where metric_id = 'queue_time_within_target_share' and parameter = 'target_seconds'

),

walk_ins_with_their_target as (

    select
        waits.*,
        coalesce(
            (
                select targets.value

                from targets

                where
                    (targets.service_point_id = waits.service_point_id or targets.service_point_id is null)
                    and {{ is_valid_on('targets', 'waits.opening_date') }}

                order by targets.service_point_id asc nulls last

                limit 1
            ),
            {{ var('queue_time_target_seconds') }}
        ) as target_seconds

    from waits

    where waits.access = 'walk_in'

),

walk_ins_counted as (

    select
        service_point_id,
        agency_code,
        'queue_system' as collection_mode,
        cast(null as integer) as wait_seconds,
        coalesce(sum(called_count) filter (where wait_seconds <= target_seconds), 0) as numerator,
        sum(called_count + left_count) as denominator,
        cast(null as numeric) as sum_of_squares,
        opening_date

    from walk_ins_with_their_target

    group by service_point_id, agency_code, opening_date

)

select * from walk_ins_counted
