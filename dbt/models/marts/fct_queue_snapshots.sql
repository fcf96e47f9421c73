with

queues_observed as (

    select * from {{ ref('stg_landing__queues_observed') }}

),

snapshots_held as (

    select * from {{ ref('int_queue_snapshots_held') }}

),

agencies as (

    select * from {{ ref('int_agencies_succeeded') }}

),

counted_by_hour as (

    select
        service_point_id,
        agency_code,
        queue_code,
        count(*) as snapshot_count,
        count(waiting_count) as waiting_snapshot_count,
        coalesce(sum(waiting_count), 0) as waiting_sum,
        max(waiting_count) as waiting_maximum,
        count(announced_wait_minutes) filter (where is_open is distinct from false) as announced_wait_snapshot_count,
        coalesce(sum(announced_wait_minutes) filter (where is_open is distinct from false), 0)
            as announced_wait_minutes_sum,
        count(*) filter (where not is_open) as closed_snapshot_count,
        count(*) filter (where coalesce(jsonb_array_length(flags) > 0, false)) as flagged_snapshot_count,
        0 as held_seconds,
        0 as waiting_seconds,
        occurred_date as opening_date,
        case when is_timed then date_trunc('hour', occurred_at, 'UTC') end as hour_starts_at

    from queues_observed

    group by
        service_point_id, agency_code, queue_code, occurred_date,
        case when is_timed then date_trunc('hour', occurred_at, 'UTC') end

),

-- The last snapshot of an hour holds into the next.
counted_and_held as (

    select * from counted_by_hour

    union all

    select
        service_point_id,
        agency_code,
        queue_code,
        0 as snapshot_count,
        0 as waiting_snapshot_count,
        0 as waiting_sum,
        cast(null as integer) as waiting_maximum,
        0 as announced_wait_snapshot_count,
        0 as announced_wait_minutes_sum,
        0 as closed_snapshot_count,
        0 as flagged_snapshot_count,
        held_seconds,
        waiting_seconds,
        occurred_date as opening_date,
        hour_starts_at

    from snapshots_held

),

with_agencies as (

    select
        counted_and_held.*,
        {{ agency_on('counted_and_held.agency_code', 'counted_and_held.opening_date', 'agencies') }}
            as answering_agency_code

    from counted_and_held

    where {{ in_built_months('opening_date') }}

),

summed_by_hour as (

    select
        service_point_id,
        answering_agency_code as agency_code,
        queue_code,
        cast(extract(hour from {{ local_time('hour_starts_at') }}) as integer) as local_hour,
        sum(snapshot_count) as snapshot_count,
        sum(waiting_snapshot_count) as waiting_snapshot_count,
        sum(waiting_sum) as waiting_sum,
        max(waiting_maximum) as waiting_maximum,
        sum(announced_wait_snapshot_count) as announced_wait_snapshot_count,
        sum(announced_wait_minutes_sum) as announced_wait_minutes_sum,
        sum(closed_snapshot_count) as closed_snapshot_count,
        sum(flagged_snapshot_count) as flagged_snapshot_count,
        sum(held_seconds) as held_seconds,
        sum(waiting_seconds) as waiting_seconds,
        opening_date,
        hour_starts_at

    from with_agencies

    group by service_point_id, answering_agency_code, queue_code, opening_date, hour_starts_at

)

select * from summed_by_hour
