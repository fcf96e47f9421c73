with

sessions as (

    select * from {{ ref('fct_sessions') }}

),

minutes_summed as (

    select
        service_point_id,
        agency_code,
        'session' as collection_mode,
        trim_scale(sum(duration_seconds) / 60.0) as numerator,
        cast(null as bigint) as denominator,
        opening_date

    from sessions

    where session_kind = 'remote' and duration_seconds is not null

    group by service_point_id, agency_code, opening_date

)

select * from minutes_summed
