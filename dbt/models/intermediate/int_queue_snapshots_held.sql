with

queues_observed as (

    select * from {{ ref('stg_landing__queues_observed') }}

    where is_timed and {{ in_built_months('occurred_date') }}

),

opening_days as (

    select * from {{ ref('int_opening_days_dated') }}

),

-- What a snapshot says of the queue holds until the next one tells it anew, or the queue closed.
snapshots as (

    select
        service_point_id,
        agency_code,
        queue_code,
        waiting_count,
        is_open,
        occurred_date,
        occurred_at as held_from,
        least(
            lead(occurred_at) over (partition by service_point_id, queue_code order by occurred_at, event_key),
            occurred_at + {{ seconds('longest_snapshot_seconds') }}
        ) as held_until

    from queues_observed

    where waiting_count is not null or not is_open

),

held_while_open as (

    select
        snapshots.service_point_id,
        snapshots.agency_code,
        snapshots.queue_code,
        snapshots.waiting_count,
        snapshots.occurred_date,
        greatest(snapshots.held_from, opening_days.opens_at) as held_from,
        least(snapshots.held_until, opening_days.closes_at) as held_until

    from snapshots
    left join opening_days
        on
            snapshots.service_point_id = opening_days.service_point_id
            and snapshots.occurred_date = opening_days.opening_date

    -- Where neither the opening hours nor the queue say that it was open, nobody waiting may be nobody let in.
    where
        snapshots.is_open is distinct from false
        and snapshots.waiting_count is not null
        and (opening_days.opens_at is not null or (opening_days.opening_date is null and snapshots.is_open))

),

split_by_hour as (

    select
        held.service_point_id,
        held.agency_code,
        held.queue_code,
        held.waiting_count,
        {{ seconds_between(
            'greatest(held.held_from, hours.hour_starts_at)',
            "least(held.held_until, hours.hour_starts_at + interval '1 hour')"
        ) }} as held_seconds,
        held.occurred_date,
        hours.hour_starts_at

    from held_while_open as held
    cross join
        lateral generate_series(
            date_trunc('hour', held.held_from, 'UTC'),
            held.held_until - interval '1 microsecond',
            interval '1 hour'
        ) as hours (hour_starts_at)

    where held.held_until > held.held_from

),

summed_by_hour as (

    select
        service_point_id,
        agency_code,
        queue_code,
        sum(held_seconds) as held_seconds,
        sum(waiting_count * held_seconds) as waiting_seconds,
        occurred_date,
        hour_starts_at

    from split_by_hour

    group by service_point_id, agency_code, queue_code, occurred_date, hour_starts_at

)

select * from summed_by_hour
