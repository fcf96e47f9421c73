with

slots_observed as (

    select * from {{ ref('fct_slots_observed') }}

),

-- Where no appointment was found, the lead time is longer than was looked ahead.
looks as (

    select
        service_point_id,
        agency_code,
        'booking_system' as collection_mode,
        service_code,
        service_mode,
        coalesce(third_lead_seconds, horizon_seconds) as duration_seconds,
        case when third_lead_seconds is not null then 1 else 0 end as numerator,
        1 as denominator,
        opening_date

    from slots_observed

    where
        is_opening_day
        and not is_time_coarse
        and (third_lead_seconds is not null or is_third_beyond_horizon)

),

looks_counted as (

    select
        service_point_id,
        agency_code,
        collection_mode,
        service_code,
        service_mode,
        duration_seconds,
        sum(numerator) as numerator,
        sum(denominator) as denominator,
        opening_date

    from looks

    group by
        service_point_id, agency_code, collection_mode, service_code, service_mode, duration_seconds, opening_date

)

select * from looks_counted
