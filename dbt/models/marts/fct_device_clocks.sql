with

heartbeats as (

    select * from {{ ref('stg_landing__heartbeats') }}

),

-- What a device kept while it was cut off, or knows to the hour only, says nothing about its clock.
offsets as (

    select
        service_point_id,
        source,
        device_id,
        device_kind,
        clock_offset_ms / 1000.0 as told_offset_seconds,
        case
            when is_timed and coalesce(buffered_event_count, 0) = 0
                then {{ seconds_between('received_at', 'told_at') }}
        end as lead_on_receipt_seconds,
        clock_shift_seconds,
        cast({{ local_time('received_at') }} as date) as received_date

    from heartbeats

),

medians_by_day as (

    select
        service_point_id,
        source,
        device_id,
        device_kind,
        count(*) as heartbeat_count,
        percentile_cont(0.5) within group (order by told_offset_seconds) as told_offset_seconds,
        percentile_cont(0.5) within group (order by lead_on_receipt_seconds) as lead_on_receipt_seconds,
        max(clock_shift_seconds) as clock_shift_seconds,
        received_date

    from offsets

    group by service_point_id, source, device_id, device_kind, received_date

),

-- The device's own comparison with a time server is better than ours with the receipt, which is late by the way here.
estimated as (

    select
        service_point_id,
        source,
        device_id,
        device_kind,
        heartbeat_count,
        cast(round(cast(told_offset_seconds as numeric)) as bigint) as told_offset_seconds,
        cast(round(cast(lead_on_receipt_seconds as numeric)) as bigint) as lead_on_receipt_seconds,
        cast(round(cast(coalesce(told_offset_seconds, lead_on_receipt_seconds) as numeric)) as bigint)
            as clock_offset_seconds,
        clock_shift_seconds,
        received_date

    from medians_by_day

),

flagged as (

    select
        service_point_id,
        source,
        device_id,
        device_kind,
        heartbeat_count,
        told_offset_seconds,
        lead_on_receipt_seconds,
        clock_offset_seconds,
        clock_shift_seconds,
        coalesce(abs(clock_offset_seconds) > {{ var('clock_tolerance_seconds') }}, false) as is_clock_wrong,
        coalesce(
            abs(clock_offset_seconds + coalesce(clock_shift_seconds, 0)) <= {{ var('clock_tolerance_seconds') }}
            and clock_shift_seconds is not null,
            false
        ) as is_corrected,
        received_date

    from estimated

)

select * from flagged
