with

queues_observed as (

    select * from {{ ref('stg_landing__queues_observed') }}

),

agencies as (

    select * from {{ ref('int_agencies_succeeded') }}

),

snapshots as (

    select
        queues_observed.service_point_id,
        {{ agency_on('queues_observed.agency_code', 'queues_observed.occurred_date', 'agencies') }}
            as agency_code,
        queues_observed.queue_code,
        queues_observed.waiting_count,
        queues_observed.announced_wait_minutes,
        queues_observed.is_open,
        coalesce(jsonb_array_length(queues_observed.flags) > 0, false) as is_flagged,
        case
            when queues_observed.is_timed
                then cast(extract(hour from {{ local_time('queues_observed.occurred_at') }}) as integer)
        end as local_hour,
        queues_observed.occurred_date as opening_date,
        case
            when queues_observed.is_timed then date_trunc('hour', queues_observed.occurred_at, 'UTC')
        end as hour_starts_at

    from queues_observed

),

counted_by_hour as (

    select
        service_point_id,
        agency_code,
        queue_code,
        local_hour,
        count(*) as snapshot_count,
        count(waiting_count) as waiting_snapshot_count,
        coalesce(sum(waiting_count), 0) as waiting_sum,
        max(waiting_count) as waiting_maximum,
        count(announced_wait_minutes) as announced_wait_snapshot_count,
        coalesce(sum(announced_wait_minutes), 0) as announced_wait_minutes_sum,
        count(*) filter (where not is_open) as closed_snapshot_count,
        count(*) filter (where is_flagged) as flagged_snapshot_count,
        opening_date,
        hour_starts_at

    from snapshots

    where {{ in_built_months('opening_date') }}

    group by service_point_id, agency_code, queue_code, local_hour, opening_date, hour_starts_at

)

select * from counted_by_hour
