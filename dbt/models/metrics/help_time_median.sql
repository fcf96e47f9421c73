with

sessions as (

    select * from {{ ref('fct_sessions') }}

),

-- Who ended the session before help came counts for as long as they waited for it.
calls_for_help_counted as (

    select
        service_point_id,
        agency_code,
        'session' as collection_mode,
        local_hour as opening_hour,
        help_wait_seconds as duration_seconds,
        count(*) filter (where is_help_given) as numerator,
        count(*) as denominator,
        opening_date

    from sessions

    where help_wait_seconds is not null

    group by service_point_id, agency_code, local_hour, help_wait_seconds, opening_date

)

select * from calls_for_help_counted
