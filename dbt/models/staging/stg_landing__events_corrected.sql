with

events as (

    select * from {{ ref('stg_landing__events_as_sent') }}

    where received_at < {{ last_received_before() }}

),

corrections as (

    select * from {{ ref('stg_landing__corrections_judged') }}

    where state = 'applied'

),

clock_corrections as (

    select * from {{ ref('stg_reference__clock_corrections') }}

    where decided_at < {{ last_received_before() }}

),

withdrawals as (

    select event_key

    from corrections

    where correction = 'withdrawn'

),

amendments as (

    select
        corrections.event_key,
        jsonb_object_agg(
            replaced.field_name, replaced.new_value
            order by corrections.corrected_at, corrections.received_at, corrections.correction_key
        ) as replaced,
        max(corrections.received_at) as amended_at

    from corrections
    cross join lateral jsonb_each(corrections.replaced) as replaced (field_name, new_value)

    group by corrections.event_key

),

events_and_corrections as (

    select
        events.*,
        amendments.replaced,
        amendments.amended_at,
        amendments.replaced ->> 'time' as amended_time,
        withdrawals.event_key is not null as is_withdrawn,
        case
            when not coalesce(amendments.replaced ? 'time', false) then clock_corrections.shift_seconds
        end as clock_shift_seconds

    from events
    left join amendments on events.event_key = amendments.event_key
    left join withdrawals on events.event_key = withdrawals.event_key
    left join clock_corrections
        on
            events.source = clock_corrections.source
            and {{ is_valid_on('clock_corrections', local_date_of_event()) }}
            and {{ moves_no_closed_month(local_date_of_event(), 'clock_corrections.decided_at') }}

),

corrected as (

    select
        event_key,
        source,
        event_type,
        service_point_id,
        time_precision,
        coalesce({{ offset_minutes_of('amended_time') }}, utc_offset_minutes) as utc_offset_minutes,
        clock_shift_seconds,
        case when replaced is null then data else data || (replaced - 'time') end as data,
        is_future,
        is_withdrawn,
        replaced is not null as is_amended,
        coalesce(
            cast(amended_time as timestamptz), occurred_at + make_interval(secs => clock_shift_seconds), occurred_at
        ) as occurred_at,
        occurred_at as told_at,
        received_at,
        greatest(received_at, amended_at) as known_at

    from events_and_corrections

)

select * from corrected
