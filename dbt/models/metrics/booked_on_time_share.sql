with

service_events as (

    select * from {{ ref('fct_service_events') }}

),

in_time_arrivals_counted as (

    select
        service_point_id,
        agency_code,
        'booking_system' as collection_mode,
        service_code,
        language,
        opening_hour,
        count(*) filter (
            where waiting_outcome = 'called' and call_delay_seconds <= {{ var('booked_on_time_seconds') }}
        ) as numerator,
        count(*) as denominator,
        opening_date

    from service_events

    where check_in_delay_seconds <= {{ var('booked_late_arrival_seconds') }}

    group by service_point_id, agency_code, service_code, language, opening_hour, opening_date

)

select * from in_time_arrivals_counted
