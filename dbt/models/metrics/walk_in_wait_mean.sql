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
        trim_scale(sum(first_wait_seconds) / 60.0) as numerator,
        count(*) as denominator,
        opening_date

    from service_events

    where
        access = 'walk_in'
        and waiting_outcome = 'called'
        and first_wait_seconds is not null

    group by service_point_id, agency_code, service_code, language, opening_hour, opening_date

)

select * from walk_ins_counted
