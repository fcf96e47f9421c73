with

service_events as (

    select * from {{ ref('fct_service_events') }}

),

walk_ins_counted as (

    select
        service_point_id,
        agency_code,
        'queue_system' as collection_mode,
        service_code,
        language,
        opening_hour,
        first_wait_seconds as duration_seconds,
        count(*) as numerator,
        count(*) as denominator,
        opening_date

    from service_events

    where
        access = 'walk_in'
        and waiting_outcome = 'called'
        and first_wait_seconds is not null

    group by service_point_id, agency_code, service_code, language, opening_hour, first_wait_seconds, opening_date

)

select * from walk_ins_counted
