with

service_events as (

    select * from {{ ref('fct_service_events') }}

),

arrivals_counted as (

    select
        service_point_id,
        agency_code,
        'booking_system' as collection_mode,
        service_code,
        language,
        opening_hour,
        booked_wait_seconds as duration_seconds,
        count(*) filter (where waiting_outcome = 'called') as numerator,
        count(*) as denominator,
        opening_date

    from service_events

    where
        booked_wait_seconds is not null
        and waiting_outcome in ('called', 'left')

    group by service_point_id, agency_code, service_code, language, opening_hour, booked_wait_seconds, opening_date

)

select * from arrivals_counted
