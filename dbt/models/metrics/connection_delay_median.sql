with

sessions as (

    select * from {{ ref('fct_sessions') }}

),

remote_sessions_counted as (

    select
        service_point_id,
        agency_code,
        'session' as collection_mode,
        local_hour as opening_hour,
        connection_delay_seconds as duration_seconds,
        count(*) as numerator,
        count(*) as denominator,
        opening_date

    from sessions

    where session_kind = 'remote' and connection_delay_seconds is not null

    group by service_point_id, agency_code, local_hour, connection_delay_seconds, opening_date

)

select * from remote_sessions_counted
